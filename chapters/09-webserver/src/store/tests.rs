//! What every database has to do: one suite for all of them.

use std::env::temp_dir;
use std::thread;

use harness::Directory;

use super::{Added, Sqlite, Store};
use crate::{Key, Name, Session};

const NOW: i64 = 1_000_000;

/// Databases, each with a way to connect to it.
fn for_each(test: impl Fn(&(dyn Fn() -> Box<dyn Store> + Sync))) {
    let directory = Directory::new(temp_dir());
    let file = directory.join("users.db");
    test(&|| Box::new(Sqlite::open(&file).expect("a database")));
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn session(store: &mut dyn Store, of: &str) -> Session {
    let user = store.user(&name(of)).unwrap().expect("a user");
    Session {
        user: user.number,
        name: name(of),
        epoch: user.epoch,
        began: NOW,
        seen: NOW,
    }
}

#[test]
fn a_user_is_found_as_it_was_added() {
    for_each(|connect| {
        let mut store = connect();
        assert_eq!(store.user(&name("ada")), Ok(None));
        assert_eq!(store.add_user(&name("ada"), "hash"), Ok(Added::Yes));
        assert_eq!(store.add_user(&name("ada"), "other"), Ok(Added::NameTaken));
        let user = connect().user(&name("ada")).unwrap().expect("a user");
        assert_eq!((&user.hash[..], user.epoch), ("hash", 0));
        assert_eq!(store.replace_hash(&user, "better"), Ok(()));
        assert_eq!(
            store.user(&name("ada")).unwrap().expect("a user").hash,
            "better"
        );
    });
}

#[test]
fn names_of_all_scripts_differ_by_every_letter() {
    for_each(|connect| {
        let mut store = connect();
        for text in ["zoe", "zoë", "猫", "狗", "z\u{f8}e"] {
            assert_eq!(store.add_user(&name(text), text), Ok(Added::Yes), "{text}");
        }
        let user = store.user(&name("zoë")).unwrap().expect("a user");
        assert_eq!(user.hash, "zoë");
    });
}

#[test]
fn a_name_says_nothing_in_sql() {
    for_each(|connect| {
        let mut store = connect();
        store.add_user(&name("ada"), "hash").unwrap();
        // `Name::new` takes no quotation mark. But one line of defence is none.
        for text in ["x' OR '1'='1", "ada'--", "ada\\", "'; DROP TABLE users; --"] {
            let odd = Name::stored(text.to_owned());
            assert_eq!(store.user(&odd), Ok(None), "{text}");
            assert_eq!(store.add_user(&odd, text), Ok(Added::Yes), "{text}");
            assert_eq!(store.user(&odd).unwrap().expect("a user").hash, text);
        }
    });
}

#[test]
fn of_several_who_add_one_name_at_the_same_time_one_succeeds() {
    for_each(|connect| {
        drop(connect()); // the tables are there
        let added: usize = thread::scope(|scope| {
            let add = || {
                let mut store = connect();
                let added = |number: usize| {
                    let added = store.add_user(&name(&format!("user-{number}")), "hash");
                    usize::from(added == Ok(Added::Yes))
                };
                (0..10).map(added).sum::<usize>()
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(add)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(added, 10);
    });
}

#[test]
fn a_session_takes_the_place_of_the_former_one() {
    for_each(|connect| {
        let mut store = connect();
        store.add_user(&name("ada"), "hash").unwrap();
        let session = session(&mut *store, "ada");
        let (first, second) = (Key([1; 32]), Key([2; 32]));
        assert_eq!(store.begin_session(&first, &session, None), Ok(true));
        assert_eq!(
            store.begin_session(&second, &session, Some(&first)),
            Ok(true)
        );
        assert_eq!(connect().sessions(NOW), Ok(vec![(second, session)]));
        assert_eq!(store.end_session(&second), Ok(()));
        assert_eq!(connect().sessions(NOW), Ok(vec![]));
    });
}

#[test]
fn another_password_is_stored_once_and_ends_all_sessions() {
    for_each(|connect| {
        let mut store = connect();
        store.add_user(&name("ada"), "hash").unwrap();
        let old = session(&mut *store, "ada");
        store.begin_session(&Key([1; 32]), &old, None).unwrap();
        let user = store.user(&name("ada")).unwrap().expect("a user");
        let new = Session {
            epoch: 1,
            ..old.clone()
        };
        let key = Key([2; 32]);
        assert_eq!(store.change_password(&user, "new", &key, &new), Ok(true));
        assert_eq!(store.change_password(&user, "newer", &key, &new), Ok(false));
        assert_eq!(store.begin_session(&Key([3; 32]), &old, None), Ok(false));
        assert_eq!(store.replace_hash(&user, "of the old one"), Ok(()));
        assert_eq!(
            store.user(&name("ada")).unwrap().expect("a user").hash,
            "new"
        );
        assert_eq!(connect().sessions(NOW), Ok(vec![(key, new)]));
    });
}
