//! The program in a process of its own, as browsers see it.

mod attacks;
mod browser;
mod disk;
mod documented;
mod log;
mod members;
mod restart;
mod slow;

use harness::{Directory, Server};

use crate::browser::Browser;

/// The program, with a database of its own.
struct Site {
    server: Server,
    directory: Directory,
}

/// Starts the program with these options.
fn start(options: &[&str]) -> Site {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let server = run(&directory, options);
    Site { server, directory }
}

/// The program, with the database in this directory.
fn run(directory: &Directory, options: &[&str]) -> Server {
    let database = directory.join("users.db");
    let database = database.to_str().expect("a path of ASCII");
    let mut all = vec!["--database", database];
    all.extend(options);
    Server::spawn(env!("CARGO_BIN_EXE_ch09-webserver"), &all).with_deadline(FAR)
}

/// A password is hashed in some hundredths of a second, and many tests may do so at once.
const FAR: std::time::Duration = std::time::Duration::from_mins(1);

impl Site {
    /// A browser without cookies.
    fn browser(&self) -> Browser<'_> {
        Browser::new(&self.server)
    }

    /// A browser in which a user with this name has logged in.
    fn member(&self, name: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let form = format!("user={name}&password=correct+horse");
        let answer = browser.post("/register", &form);
        assert_eq!(
            (answer.status, answer.location()),
            (303, "/login?registered")
        );
        let answer = browser.post("/login", &form);
        assert_eq!((answer.status, answer.location()), (303, "/welcome"));
        browser
    }
}
