//! Forms that are filled in by people who know SQL, and by people called O'Hara.

use std::fmt::Debug;

use crate::subject::{Error, database, list, log_in, register, search};

const BOOK: &str = "book: 09-users.html#passwords";

/// What a form may have in a field.
const TEXTS: [&str; 8] = [
    "x'),('root','owned",
    "x' OR '1'='1",
    "x'; DROP TABLE users; --",
    "x\\",
    "x\\'",
    "x\"; --",
    "'",
    "?1",
];

#[test]
fn a_user_who_is_registered_can_log_in() {
    let got = harness::call(|| {
        let users = database().ok()?;
        register(&users, "ada", "correct horse").ok()?;
        let taken = register(&users, "ada", "another") == Err(Error::Taken);
        let log_in = |name, password| log_in(&users, name, password).ok();
        Some((
            log_in("ada", "correct horse"),
            log_in("ada", "another"),
            log_in("bob", "another"),
            taken,
        ))
    });
    expect(
        &got,
        &Some((Some(true), Some(false), Some(false), true)),
        "This is as it was handed out.",
    );
}

#[test]
fn a_password_is_a_value_whatever_it_says() {
    let got = harness::call(|| {
        let users = database().ok()?;
        let mut all = Vec::new();
        for (number, text) in TEXTS.iter().enumerate() {
            let name = format!("user-{number}");
            all.push(register(&users, &name, text).is_ok() && log_in(&users, &name, text).ok()?);
        }
        Some((
            all,
            list(&users, "number").ok()?.len(),
            log_in(&users, "root", "owned").ok()?,
        ))
    });
    expect(
        &got,
        &Some((vec![true; TEXTS.len()], TEXTS.len(), false)),
        "Eight users registered with odd passwords. Each must be able to log in with it; there must be eight users, and \
         none called root.",
    );
}

#[test]
fn a_name_with_an_apostrophe_is_a_name() {
    let got = harness::call(|| {
        let users = database().ok()?;
        let names = ["O'Hara", "ada'--", "a''b"];
        let added: Vec<_> = names
            .iter()
            .map(|name| register(&users, name, "correct horse").is_ok())
            .collect();
        let found: Vec<_> = names
            .iter()
            .map(|name| log_in(&users, name, "correct horse").ok())
            .collect();
        Some((added, found, search(&users, "O'").ok()?))
    });
    expect(
        &got,
        &Some((
            vec![true; 3],
            vec![Some(true); 3],
            vec!["O'Hara".to_owned()],
        )),
        "An apostrophe is a character like any other. To forbid it isn't a way: people are called so.",
    );
}

#[test]
fn nobody_logs_in_without_the_password() {
    let got = harness::call(|| {
        let users = database().ok()?;
        register(&users, "ada", "correct horse").ok()?;
        let tries = [
            ("ada", "x' OR '1'='1"),
            ("ada'--", "x"),
            ("ada' OR name = 'ada", "x"),
            ("x' UNION SELECT 'ada' --", "x"),
        ];
        Some(tries.map(|(name, password)| log_in(&users, name, password).unwrap_or(false)))
    });
    expect(
        &got,
        &Some([false; 4]),
        "ada is registered. Four attackers tried to be ada without the password.",
    );
}

#[test]
fn a_search_finds_what_begins_with_its_text() {
    let got = harness::call(|| {
        let users = database().ok()?;
        for name in [
            "ada", "adam", "bob", "100%", "100 euro", "a_b", "axb", "a\\b",
        ] {
            register(&users, name, "correct horse").ok()?;
        }
        ["ada", "", "100%", "a_", "a\\", "x' OR 1=1 --", "%"]
            .map(|text| search(&users, text).ok())
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .map(|all| all.iter().map(|names| names.join(" ")).collect::<Vec<_>>())
    });
    let all = "100 euro 100% a\\b a_b ada adam axb bob";
    let expected = ["ada adam", all, "100%", "a_b", "a\\b", "", ""];
    expect(
        &got,
        &Some(expected.map(str::to_owned).to_vec()),
        "Seven searches: for ada, for nothing (which all names begin with), for 100%, a_, a\\, for what would be SQL, and \
         for %. In a pattern of LIKE, % and _ stand for other characters: here they are meant as they are.",
    );
}

#[test]
fn a_list_is_sorted_by_what_there_is() {
    let got = harness::call(|| {
        let users = database().ok()?;
        for name in ["bob", "ada", "carol"] {
            register(&users, name, &format!("secret of {name}")).ok()?;
        }
        let list = |by| {
            list(&users, by)
                .map(|names| names.join(" "))
                .map_err(|error| format!("{error:?}"))
        };
        Some([
            list("name"),
            list("number"),
            list("password"),
            list("name DESC"),
            list(
                "CASE WHEN (SELECT password FROM users LIMIT 1) LIKE 's%' THEN name ELSE number END",
            ),
        ])
    });
    let sorted = |text: &str| Ok(text.to_owned());
    let unknown = || Err("Unknown".to_owned());
    expect(
        &got,
        &Some([
            sorted("ada bob carol"),
            sorted("bob ada carol"),
            unknown(),
            unknown(),
            unknown(),
        ]),
        "By name, by number, and three others. The order by a password, or by a question about it, tells something of it: \
         asked often enough, all of it.",
    );
}

#[test]
fn nothing_is_lost() {
    let got = harness::call(|| {
        let users = database().ok()?;
        register(&users, "ada", "correct horse").ok()?;
        for text in TEXTS {
            let _ = register(&users, text, text);
            let _ = log_in(&users, text, text);
            let _ = search(&users, text);
            let _ = list(&users, text);
        }
        Some((
            log_in(&users, "ada", "correct horse").ok()?,
            list(&users, "number").ok()?.len(),
        ))
    });
    expect(
        &got,
        &Some((true, 1 + TEXTS.len())),
        "ada was registered first, and then eight users with odd names. All nine are there, and ada can log in.",
    );
}

#[track_caller]
fn expect<T: Debug + PartialEq>(received: &T, expected: &T, means: &str) {
    assert!(
        received == expected,
        "\nexpected  {expected:?}\nreceived  {received:?}\nit means  {means}\nread      {BOOK}\n"
    );
}
