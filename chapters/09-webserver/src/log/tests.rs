use std::env::temp_dir;
use std::fs;
use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

use harness::Directory;
use http::{HeadParser, Limits, Status};

use super::{Log, line};

const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

#[test]
fn a_line_is_in_the_common_log_format() {
    let input = b"GET /a?b=%22 HTTP/1.1\r\nHost: a\r\nCookie: session=secret\r\n\r\n";
    let parsed = HeadParser::default().parse(input, &Limits::default());
    let (head, _) = parsed.unwrap().unwrap();
    let now = UNIX_EPOCH + Duration::from_secs(971_186_136);
    assert_eq!(
        line(ADDRESS, Some(&head), Status::OK, 2326, now),
        "192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] \"GET /a?b=%22 HTTP/1.1\" 200 2326\n"
    );
    let none = line(ADDRESS, None, Status::BAD_REQUEST, 17, now);
    assert!(none.ends_with("] \"-\" 400 17\n"), "{none}");
}

#[test]
fn no_byte_ends_a_line_or_its_quotation() {
    let mut text = String::new();
    let bytes: Vec<u8> = (0..=255).collect();
    super::escape(&bytes, &mut text);
    assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    assert!(text.contains("\\\"") && text.contains("\\\\") && text.contains("\\x0a"));
}

#[test]
fn what_was_logged_is_in_the_file_once_the_log_has_ended() {
    let directory = Directory::new(temp_dir());
    let file = directory.path().join("access.log");
    fs::write(&file, "before\n").unwrap();
    let log = Log::open(file.clone()).unwrap();
    for number in 0..100 {
        log.add(format!("{number}\n"));
    }
    drop(log);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.starts_with("before\n0\n1\n") && text.ends_with("\n99\n"),
        "{text}"
    );
}

#[test]
fn after_a_reopening_lines_go_to_a_new_file() {
    let directory = Directory::new(temp_dir());
    let (file, old) = (
        directory.path().join("access.log"),
        directory.path().join("old"),
    );
    let log = Log::open(file.clone()).unwrap();
    log.add("first\n".to_owned());
    fs::rename(&file, &old).unwrap();
    log.reopen();
    log.add("second\n".to_owned());
    drop(log);
    let both = (
        fs::read_to_string(&old).unwrap(),
        fs::read_to_string(&file).unwrap(),
    );
    let all = format!("{}{}", both.0, both.1);
    assert_eq!(all, "first\nsecond\n", "none is lost");
    assert!(both.1.ends_with("second\n"));
}

#[test]
fn what_is_too_much_is_dropped_and_counted() {
    let directory = Directory::new(temp_dir());
    let file = directory.path().join("access.log");
    // A pipe that nobody reads yet: the writer stands still in its first write.
    nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let open = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(&file)
        .unwrap();
    let log = Log::open(file.clone()).unwrap();
    let line = format!("{}\n", "x".repeat(8192));
    for _ in 0..5000 {
        log.add(line.clone());
    }
    let dropped = log.shared.dropped.load(super::Ordering::Relaxed);
    assert!(dropped > 0);
    let reader = fs::File::open(&file).unwrap();
    drop(open); // the reader is the only one left, and sees an end once the writer has ended
    let reader = std::thread::spawn(move || std::io::read_to_string(reader).unwrap());
    drop(log);
    let text = reader.join().unwrap();
    let lines = text.lines().filter(|line| line.starts_with('x')).count();
    let told: u64 = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("# ")?
                .split(' ')
                .next()?
                .parse::<u64>()
                .ok()
        })
        .sum();
    assert_eq!(lines as u64 + told, 5000);
}
