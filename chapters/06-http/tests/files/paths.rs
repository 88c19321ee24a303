//! Nothing outside the root is ever read.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};

use crate::site::Site;

#[test]
fn a_path_names_a_file() {
    let mut site = Site::new();
    site.write("a/b/c.txt", "content");
    site.get("/a/b/c.txt").expect("content");
    assert_eq!(site.get("/a/b/d.txt").status, 404);
    assert_eq!(site.get("/a/c.txt").status, 404);
}

#[test]
fn dots_lead_nowhere() {
    let mut site = Site::new();
    site.write("a/b", "content");
    for path in [
        "/..",
        "/../",
        "/../secret",
        "/../root/a/b",
        "/a/../../secret",
        "/a/../a/b",
        "/a/..",
        "/a/.",
        "/.",
        "/./",
        "/./a/b",
        "/a/./b",
        "/.../secret",
        "/..\\secret",
        "\\..\\secret",
    ] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_path_has_no_empty_segments() {
    let mut site = Site::new();
    site.write("a/b", "content");
    let outside = site.path("../secret");
    for path in ["//a/b", "/a//b", "//", "/a//", "//a", ""] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
    let absolute = [b"/", outside.as_os_str().as_bytes()].concat();
    assert_eq!(site.get(absolute).status, 404);
}

#[test]
fn a_path_begins_with_a_slash() {
    let mut site = Site::new();
    site.write("a", "content");
    for path in ["a", "*", "", "localhost:80", "http://localhost/a"] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_path_is_not_decoded_a_second_time() {
    let mut site = Site::new();
    for path in [
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/%2e%2e%2fsecret",
        "/..%c0%afsecret",
    ] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
    site.write("100%25", "as it is");
    site.get("/100%25").expect("as it is");
}

#[test]
fn a_nul_ends_no_name() {
    let mut site = Site::new();
    site.write("a", "content");
    assert_eq!(site.get(b"/a\0").status, 404);
    assert_eq!(site.get(b"/a\0.txt").status, 404);
    assert_eq!(site.get(b"/\0").status, 404);
}

#[test]
fn a_name_need_not_be_utf_8() {
    let mut site = Site::new();
    site.write(OsStr::from_bytes(b"caf\xe9 \x01\\\xff"), "content");
    site.get(b"/caf\xe9 \x01\\\xff").expect("content");
}

#[test]
fn a_name_that_is_too_long_is_missing() {
    let mut site = Site::new();
    let longest = "n".repeat(255);
    site.write(&longest, "content");
    site.get(format!("/{longest}")).expect("content");
    assert_eq!(site.get(format!("/{longest}n")).status, 404);
    assert_eq!(site.get("/n".repeat(5_000)).status, 404);
    assert_eq!(site.get(format!("/{}", "n".repeat(100_000))).status, 404);
}

#[test]
fn a_link_to_the_outside_is_not_followed() {
    let mut site = Site::new();
    site.link("relative", "../secret");
    site.link("absolute", site.path("../secret").canonicalize().unwrap());
    site.link("up", "..");
    site.link("slash", "/");
    site.link("chain", "relative");
    for path in [
        "/relative",
        "/absolute",
        "/up/secret",
        "/up",
        "/up/",
        "/slash",
        "/slash/etc/passwd",
        "/chain",
    ] {
        let answer = site.get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.head);
        assert!(!answer.content.ends_with(b"secret"));
    }
}

#[test]
fn a_relative_link_within_the_root_is_followed() {
    let mut site = Site::new();
    site.write("a/b", "content");
    site.link("link", "a/b");
    site.link("a/back", "../a/b");
    site.link("directory", "a");
    for path in ["/link", "/a/back", "/directory/b", "/directory/back"] {
        site.get(path).expect("content");
    }
}

#[test]
fn links_in_a_circle_end() {
    let mut site = Site::new();
    site.link("one", "two");
    site.link("two", "one");
    site.link("self", "self");
    for path in ["/one", "/two/a", "/self", "/self/"] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_directory_swapped_for_a_link_meanwhile_gives_nothing_away() {
    let mut site = Site::new();
    site.write("place/secret", "public");
    site.link("other", "..");
    let (place, other) = (site.path("place"), site.path("other"));
    let enough = AtomicBool::new(false);
    let (mut served, mut refused) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !enough.load(Ordering::Relaxed) {
                let swap = RenameFlags::RENAME_EXCHANGE;
                renameat2(AT_FDCWD, &place, AT_FDCWD, &other, swap).unwrap();
            }
        });
        let deadline = Instant::now() + Duration::from_secs(20);
        while (served < 500 || refused < 500) && Instant::now() < deadline {
            site.pass();
            let answer = site.get("/place/secret");
            match answer.status {
                200 if answer.content == b"public" => served += 1,
                404 => refused += 1,
                // A walk through what is being renamed may fail, sixteen times in a row.
                500 => {}
                _ => {
                    enough.store(true, Ordering::Relaxed);
                    panic!("{}{}", answer.head, answer.content.escape_ascii());
                }
            }
        }
        enough.store(true, Ordering::Relaxed);
    });
    assert!(
        served > 0 && refused > 0,
        "served {served}, refused {refused}: no race"
    );
}
