//! What isn't a file that may be read.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::SystemTime;

use ch06_http::{Date, Files, HeadParser, Limits, Method, Status};
use nix::errno::Errno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::sys::stat::Mode;
use nix::unistd::{Uid, mkfifo, setfsuid};

use crate::site::{Request, Site, get_below, permit};

#[test]
fn a_fifo_is_refused_and_not_even_opened() {
    let mut site = Site::new();
    let fifo = site.path("fifo");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let opened = Inotify::init(InitFlags::IN_NONBLOCK).unwrap();
    opened.add_watch(&fifo, AddWatchFlags::IN_OPEN).unwrap();
    assert_eq!(site.get("/fifo").status, 403);
    assert_eq!(opened.read_events().err(), Some(Errno::EAGAIN), "opened");
}

#[test]
fn a_device_is_refused() {
    for path in ["/null", "/zero", "/tty", "/random"] {
        assert_eq!(get_below("/dev", path).status, 403, "{path}");
    }
}

#[test]
fn a_socket_is_refused() {
    let mut site = Site::new();
    // The name of a socket has 107 bytes at most, so its directory goes by its descriptor.
    let directory = File::open(site.path("")).unwrap();
    let name = format!("/proc/self/fd/{}/socket", directory.as_raw_fd());
    let _socket = UnixListener::bind(name).unwrap();
    assert_eq!(site.get("/socket").status, 403);
}

#[test]
fn the_links_of_proc_lead_nowhere() {
    for path in ["/root/etc/passwd", "/cwd/Cargo.toml", "/exe", "/fd/0"] {
        assert_eq!(get_below("/proc/self", path).status, 404, "{path}");
    }
}

#[test]
fn a_file_of_proc_that_says_it_is_empty_is_taken_at_its_word() {
    get_below("/proc/self", "/status").expect("");
}

/// Runs `test` in a thread without the rights of root, which may read what nobody may.
fn without_privileges<T: Send>(test: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let unprivileged = scope.spawn(|| {
            if Uid::effective().is_root() {
                setfsuid(Uid::from_raw(65_534));
            }
            test()
        });
        unprivileged.join().unwrap()
    })
}

#[test]
fn what_may_not_be_read_is_forbidden() {
    let mut site = Site::new();
    site.write("file", "content");
    site.write("directory/file", "content");
    for name in ["file", "directory"] {
        permit(&site.path(name), 0o000);
    }
    for path in ["/file", "/directory/file", "/directory/"] {
        let status = without_privileges(|| site.get(path).status);
        assert_eq!(status, 403, "{path}");
    }
    permit(&site.path("directory"), 0o700);
}

#[test]
fn a_file_whose_permission_is_taken_away_is_forbidden_a_second_later() {
    let mut site = Site::new();
    site.write("file", "content");
    permit(&site.path("file"), 0o644);
    without_privileges(|| site.get("/file").expect("content"));
    permit(&site.path("file"), 0o000);
    site.pass();
    assert_eq!(without_privileges(|| site.get("/file").status), 403);
}

#[test]
fn a_file_takes_get_and_head_only() {
    let mut site = Site::new();
    site.write("file", "content");
    for method in [
        Method::Post,
        Method::Put,
        Method::Delete,
        Method::Trace,
        Method::Other(b"get"),
    ] {
        let answer = site.ask(&Request {
            method,
            path: b"/file",
            query: "",
            fields: Vec::new(),
        });
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.field("Allow"), Some("GET, HEAD, OPTIONS"));
    }
}

#[test]
fn a_root_is_a_directory() {
    let site = Site::new();
    site.write("file", "content");
    assert!(Files::open(&site.path("file")).is_err());
    assert!(Files::open(&site.path("nothing")).is_err());
}

#[test]
fn no_more_files_are_open_than_may_be_and_small_ones_need_none() {
    let directory = harness::Directory::new(env!("CARGO_TARGET_TMPDIR"));
    directory.write("small", b"small");
    for number in 0..6 {
        directory.write(format!("long-{number}"), vec![b'x'; 20_000]);
    }
    let mut files = Files::open(directory.path()).unwrap().keeping(2);
    let now = Date::new(SystemTime::now());
    let text = b"GET /any HTTP/1.1\r\nHost: a\r\n\r\n";
    let head = HeadParser::default().parse(text, &Limits::default());
    let (head, _) = head.unwrap().expect("all of a head");
    let mut get = |path: &str| files.answer(&head, path.as_bytes(), &now);
    // Two at hand, and two on their way.
    let on_their_way: Vec<_> = (0..4)
        .map(|number| get(&format!("/long-{number}")))
        .collect();
    assert!(
        on_their_way
            .iter()
            .all(|answer| answer.status() == Status::OK)
    );
    assert_eq!(get("/long-4").status(), Status::SERVICE_UNAVAILABLE);
    assert_eq!(get("/small").status(), Status::OK);
    assert_eq!(get("/long-0").status(), Status::OK, "it is at hand");
    drop(on_their_way);
    assert_eq!(get("/long-4").status(), Status::OK);
}
