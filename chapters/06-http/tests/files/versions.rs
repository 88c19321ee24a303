//! A file that changes is served anew within a second; one that doesn't isn't looked at.

use std::fs::{self, File, FileTimes};
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::errno::Errno;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::site::{Site, long};

#[test]
fn within_its_second_a_file_is_not_looked_at() {
    let mut site = Site::new();
    site.write("small", "content");
    site.write("large", long(100_000));
    site.get("/small").expect("content");
    site.get("/large").expect(long(100_000));
    fs::remove_file(site.path("small")).unwrap();
    fs::remove_file(site.path("large")).unwrap();
    site.get("/small").expect("content");
    site.get("/large").expect(long(100_000));
}

#[test]
fn a_deleted_file_is_missing_a_second_later() {
    let mut site = Site::new();
    for (name, length) in [("small", 10), ("large", 100_000)] {
        site.write(name, long(length));
        site.get(format!("/{name}")).expect(long(length));
        fs::remove_file(site.path(name)).unwrap();
        site.pass();
        assert_eq!(site.get(format!("/{name}")).status, 404, "{name}");
    }
}

#[test]
fn a_changed_file_is_served_anew_a_second_later() {
    let mut site = Site::new();
    for length in [10, 100_000] {
        site.write("file", long(length));
        let before = site.get("/file");
        before.expect(long(length));
        site.write("file", vec![b'x'; length + 1]);
        site.pass();
        let after = site.get("/file");
        after.expect(vec![b'x'; length + 1]);
        assert_ne!(before.tag(), after.tag());
        site.pass();
    }
}

#[test]
fn an_unchanged_file_is_not_opened_again() {
    let mut site = Site::new();
    site.write("file", "content");
    let opened = Inotify::init(InitFlags::IN_NONBLOCK).unwrap();
    let file = site.path("file");
    opened.add_watch(&file, AddWatchFlags::IN_OPEN).unwrap();
    site.get("/file").expect("content");
    assert_eq!(opened.read_events().unwrap().len(), 1);
    for _ in 0..3 {
        site.pass();
        site.get("/file").expect("content");
    }
    assert_eq!(opened.read_events().err(), Some(Errno::EAGAIN), "opened");
}

#[test]
fn an_answer_says_when_it_was_made() {
    let mut site = Site::new();
    site.write("file", "content");
    let now = UNIX_EPOCH + Duration::from_secs(2_000_000_000);
    for seconds in 0..3 {
        let now = now + Duration::from_secs(seconds);
        site.set(now);
        let date = httpdate::fmt_http_date(now);
        assert_eq!(site.get("/file").field("Date"), Some(&*date));
    }
}

#[test]
fn an_unchanged_file_keeps_its_tag() {
    let mut site = Site::new();
    site.write("file", "content");
    let before = site.get("/file");
    site.pass();
    assert_eq!(before.tag(), site.get("/file").tag());
}

/// Renames a new file over the old one, with its length and its time of modification.
fn replace(site: &Site, name: &str, content: &[u8]) {
    let metadata = fs::metadata(site.path(name)).unwrap();
    assert_eq!(metadata.len(), content.len() as u64);
    site.write("new", content);
    let times = FileTimes::new().set_modified(metadata.modified().unwrap());
    let new = File::options().write(true).open(site.path("new")).unwrap();
    new.set_times(times).unwrap();
    fs::rename(site.path("new"), site.path(name)).unwrap();
}

#[test]
fn a_replaced_file_of_the_same_length_and_time_is_another_version() {
    let mut site = Site::new();
    for length in [10, 100_000] {
        site.write("file", long(length));
        let before = site.get("/file");
        let content = vec![b'x'; length];
        replace(&site, "file", &content);
        site.pass();
        let after = site.get("/file");
        after.expect(content);
        assert_ne!(before.tag(), after.tag());
        assert_eq!(before.field("Last-Modified"), after.field("Last-Modified"));
        site.pass();
    }
}

#[test]
fn a_file_written_over_with_its_old_time_is_another_version() {
    let mut site = Site::new();
    site.write("file", "one");
    let old = fs::metadata(site.path("file")).unwrap().modified().unwrap();
    let before = site.get("/file");
    site.write("file", "two");
    let file = File::options().write(true).open(site.path("file")).unwrap();
    file.set_times(FileTimes::new().set_modified(old)).unwrap();
    site.pass();
    let after = site.get("/file");
    after.expect("two");
    assert_ne!(before.tag(), after.tag());
}

#[test]
fn a_file_that_has_just_changed_may_change_again() {
    let mut site = Site::new();
    for number in 0..100 {
        let name = format!("/{number}");
        site.set(SystemTime::now());
        site.write(&name[1..], "one");
        let before = site.get(&name);
        before.expect("one");
        site.write(&name[1..], "two");
        site.pass();
        let after = site.get(&name);
        after.expect("two");
        assert_ne!(before.tag(), after.tag());
    }
}

#[test]
fn a_file_that_becomes_something_else_is_no_file_a_second_later() {
    let mut site = Site::new();
    site.write("file", "content");
    site.get("/file").expect("content");
    fs::remove_file(site.path("file")).unwrap();
    fs::create_dir(site.path("file")).unwrap();
    site.pass();
    assert_eq!(site.get("/file").status, 301);
    fs::remove_dir(site.path("file")).unwrap();
    mkfifo(&site.path("file"), Mode::S_IRWXU).unwrap();
    assert_eq!(site.get("/file").status, 403);
    fs::remove_file(site.path("file")).unwrap();
    site.link("file", "../secret");
    assert_eq!(site.get("/file").status, 404);
}

#[test]
fn a_new_file_is_there_at_once() {
    let mut site = Site::new();
    assert_eq!(site.get("/file").status, 404);
    site.write("file", "content");
    site.get("/file").expect("content");
}

#[test]
fn a_clock_that_is_set_back_serves_nothing_stale() {
    let mut site = Site::new();
    site.write("file", "one");
    site.get("/file").expect("one");
    site.write("file", "other");
    site.set(UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    site.get("/file").expect("other");
}

#[test]
fn a_file_of_the_future_was_modified_now() {
    let mut site = Site::new();
    site.write("file", "content");
    let file = File::options().write(true).open(site.path("file")).unwrap();
    let future = SystemTime::now() + Duration::from_hours(1_000);
    file.set_times(FileTimes::new().set_modified(future))
        .unwrap();
    let answer = site.get("/file");
    assert_eq!(answer.field("Last-Modified"), answer.field("Date"));
}

#[test]
fn a_file_from_before_1970_has_a_date_all_the_same() {
    let mut site = Site::new();
    site.write("file", "content");
    let file = File::options().write(true).open(site.path("file")).unwrap();
    let past = UNIX_EPOCH - Duration::from_hours(1_000);
    file.set_times(FileTimes::new().set_modified(past)).unwrap();
    let date = Some("Thu, 01 Jan 1970 00:00:00 GMT");
    assert_eq!(site.get("/file").field("Last-Modified"), date);
}

#[test]
fn more_files_than_are_kept_are_all_served() {
    let mut site = Site::new();
    for number in 0..600 {
        site.write(number.to_string(), number.to_string());
    }
    for _ in 0..2 {
        for number in 0..600 {
            site.get(format!("/{number}")).expect(number.to_string());
        }
        site.pass();
    }
}

/// As reported to kettle11/devserver#11, LiveServer.jl#161 and responder#453: what makes a site anew
/// removes its directory, or leads a link to another.
#[test]
fn another_directory_at_the_path_of_the_root_is_served_a_second_later() {
    let mut site = Site::new();
    site.write("page", "old");
    site.get("/page").expect("old");
    let place = site.path(".").parent().unwrap().to_owned();
    fs::rename(place.join("root"), place.join("old")).unwrap();
    site.pass();
    site.get("/page").expect("old"); // there is no other yet
    fs::create_dir(place.join("new")).unwrap();
    fs::write(place.join("new/page"), "new").unwrap();
    symlink("new", place.join("root")).unwrap();
    site.get("/page").expect("old");
    site.pass();
    site.get("/page").expect("new");
}
