use std::env::temp_dir;

use harness::Directory;

use super::{Accounts, Done, Hasher, Job};
use crate::store::Sqlite;
use crate::{Key, Name, Password, Session, Token};

const NOW: i64 = 1_000_000;

fn worker(directory: &Directory) -> Accounts {
    let store = Sqlite::open(&directory.path().join("users.db")).expect("a database");
    Accounts::quick(Box::new(store))
}

fn register(accounts: &mut Accounts, name: &str) -> Done {
    let (name, password) = (Name::new(name).unwrap(), Password::typed("correct horse"));
    accounts.work(Job::Register { name, password })
}

fn log_in(accounts: &mut Accounts, name: &str, password: &str, former: Option<Key>) -> Done {
    let (name, password) = (Name::new(name).unwrap(), Password::typed(password));
    accounts.work(Job::LogIn {
        name,
        password,
        former,
        now: NOW,
    })
}

fn change(accounts: &mut Accounts, name: &str, old: &str, new: &str) -> Done {
    let name = Name::new(name).unwrap();
    let (old, new) = (Password::typed(old), Password::typed(new));
    accounts.work(Job::ChangePassword {
        name,
        old,
        new,
        now: NOW,
    })
}

fn token(done: &Done) -> &Token {
    match done {
        Done::LoggedIn { token, .. } | Done::PasswordChanged { token, .. } => token,
        _ => panic!("no session: {done:?}"),
    }
}

fn stored(accounts: &mut Accounts) -> Vec<(Key, Session)> {
    accounts.store.sessions(NOW).expect("sessions")
}

#[test]
fn a_name_is_given_to_one_user_only() {
    let directory = Directory::new(temp_dir());
    let mut accounts = worker(&directory);
    assert!(matches!(register(&mut accounts, "ada"), Done::Registered));
    assert!(matches!(register(&mut accounts, "ADA"), Done::NameTaken));
    let mut other = worker(&directory);
    assert!(matches!(register(&mut other, "ada"), Done::NameTaken));
}

#[test]
fn a_login_needs_the_password_and_gives_a_new_token_each_time() {
    let directory = Directory::new(temp_dir());
    let mut accounts = worker(&directory);
    register(&mut accounts, "ada");
    let wrong = log_in(&mut accounts, "ada", "correct hors", None);
    assert!(matches!(wrong, Done::WrongPassword));
    let first = log_in(&mut accounts, "Ada", "correct horse", None);
    let second = log_in(&mut accounts, "ada", "correct horse", None);
    assert_ne!(token(&first), token(&second));
    assert_eq!(stored(&mut accounts).len(), 2);
}

#[test]
fn a_login_ends_the_session_that_its_browser_had() {
    let directory = Directory::new(temp_dir());
    let mut accounts = worker(&directory);
    register(&mut accounts, "ada");
    let first = token(&log_in(&mut accounts, "ada", "correct horse", None)).key();
    log_in(&mut accounts, "ada", "wrong", Some(first));
    assert_eq!(stored(&mut accounts).len(), 1, "a failed one ends none");
    let second = log_in(&mut accounts, "ada", "correct horse", Some(first));
    let keys: Vec<_> = stored(&mut accounts)
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(keys, [token(&second).key()]);
}

#[test]
fn an_unknown_name_costs_as_many_hashes_as_a_known_one() {
    let directory = Directory::new(temp_dir());
    let mut accounts = worker(&directory);
    register(&mut accounts, "ada");
    let mut hashes = |name: &str| {
        let before = accounts.hasher.count();
        assert!(matches!(
            log_in(&mut accounts, name, "wrong", None),
            Done::WrongPassword
        ));
        accounts.hasher.count() - before
    };
    assert_eq!((hashes("ada"), hashes("bob")), (1, 1));
}

#[test]
fn no_token_is_stored_and_no_password() {
    let directory = Directory::new(temp_dir());
    let mut accounts = worker(&directory);
    register(&mut accounts, "ada");
    let done = log_in(&mut accounts, "ada", "correct horse", None);
    let text = token(&done).to_string();
    drop(accounts); // the write-ahead log goes into the file
    let file = std::fs::read(directory.path().join("users.db")).unwrap();
    let has = |part: &[u8]| file.windows(part.len()).any(|bytes| bytes == part);
    assert!(has(&token(&done).key().0), "its hash is");
    assert!(has(b"$argon2id$"));
    assert!(!has(text.as_bytes()) && !has(b"correct horse"));
}

#[test]
fn another_password_ends_all_sessions_and_begins_one() {
    let directory = Directory::new(temp_dir());
    let mut accounts = worker(&directory);
    register(&mut accounts, "ada");
    register(&mut accounts, "bob");
    log_in(&mut accounts, "ada", "correct horse", None);
    log_in(&mut accounts, "bob", "correct horse", None);
    let refused = change(&mut accounts, "ada", "wrong", "battery staple");
    assert!(matches!(refused, Done::WrongPassword));
    let changed = change(&mut accounts, "ada", "correct horse", "battery staple");
    let mut names: Vec<_> = stored(&mut accounts)
        .into_iter()
        .map(|(key, session)| {
            (
                session.name.as_str().to_owned(),
                key == token(&changed).key(),
            )
        })
        .collect();
    names.sort();
    assert_eq!(names, [("ada".to_owned(), true), ("bob".to_owned(), false)]);
    let old = log_in(&mut accounts, "ada", "correct horse", None);
    assert!(matches!(old, Done::WrongPassword));
    token(&log_in(&mut accounts, "ada", "battery staple", None));
}

#[test]
fn a_login_that_a_change_overtakes_begins_no_session() {
    let directory = Directory::new(temp_dir());
    let mut accounts = worker(&directory);
    register(&mut accounts, "ada");
    let name = Name::new("ada").unwrap();
    let user = accounts.store.user(&name).unwrap().expect("a user"); // read by the login's worker …
    change(&mut accounts, "ada", "correct horse", "battery staple"); // … before another's change
    let (user, epoch) = (user.number, user.epoch);
    let session = Session {
        user,
        name,
        epoch,
        began: NOW,
        seen: NOW,
    };
    assert_eq!(
        accounts.store.begin_session(&Key([1; 32]), &session, None),
        Ok(false)
    );
    assert_eq!(stored(&mut accounts).len(), 1, "the one of the change");
}

#[test]
fn a_hash_that_new_ones_outgrow_is_replaced_at_login() {
    let directory = Directory::new(temp_dir());
    let mut accounts = worker(&directory);
    register(&mut accounts, "ada");
    accounts.hasher = Hasher::with(128, 1);
    token(&log_in(&mut accounts, "ada", "correct horse", None));
    let user = accounts.store.user(&Name::new("ada").unwrap()).unwrap();
    let hash = user.expect("a user").hash;
    assert!(hash.starts_with("$argon2id$v=19$m=128,"), "{hash}");
    token(&log_in(&mut accounts, "ada", "correct horse", None));
}

#[test]
fn a_session_that_has_ended_is_not_there_after_a_restart() {
    let directory = Directory::new(temp_dir());
    let mut accounts = worker(&directory);
    register(&mut accounts, "ada");
    let key = token(&log_in(&mut accounts, "ada", "correct horse", None)).key();
    log_in(&mut accounts, "ada", "correct horse", None);
    assert!(matches!(
        accounts.work(Job::LogOut { key }),
        Done::LoggedOut { .. }
    ));
    let mut accounts = worker(&directory);
    assert_eq!(stored(&mut accounts).len(), 1);
    let touched = NOW + Session::IDLE - 1;
    let (key, _) = stored(&mut accounts).remove(0);
    accounts.work(Job::Touch { key, seen: touched });
    let later = |accounts: &mut Accounts, now| accounts.store.sessions(now).unwrap().len();
    assert_eq!(later(&mut accounts, NOW + Session::IDLE), 1, "it was used");
    assert_eq!(later(&mut accounts, touched + Session::IDLE), 0);
    assert_eq!(later(&mut accounts, NOW), 0, "and it was removed");
}
