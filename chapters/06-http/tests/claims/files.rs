//! Files that change, and paths that lead outside (claim C069; bugs B05, B06, B09, B58).

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::MetadataExt;

use harness::Directory;
use harness::experiment::nonblocking_pair;
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::sendfile::sendfile64;

use crate::streams::narrow_pair;

pub fn directory() -> Directory {
    Directory::new(env!("CARGO_TARGET_TMPDIR"))
}

#[test]
fn c069_between_stat_and_open_the_file_may_be_another() {
    let directory = directory();
    let page = directory.write("page", b"short");
    let next = directory.write("next", b"much longer");
    let seen = fs::metadata(&page).unwrap();
    fs::rename(next, &page).unwrap();
    let file = File::open(&page).unwrap();
    let opened = file.metadata().unwrap(); // fstat
    assert_ne!(seen.ino(), opened.ino());
    assert_eq!((seen.len(), opened.len()), (5, 11));
}

#[test]
fn b05_a_file_cut_short_has_sendfile_return_0() {
    let directory = directory();
    let path = directory.write("page", [b'x'; 8192]);
    let (mut client, server) = nonblocking_pair();
    let file = File::open(&path).unwrap();
    let mut offset = 0;
    assert_eq!(
        sendfile64(&server, &file, Some(&mut offset), 4096),
        Ok(4096)
    );
    File::create(&path).unwrap(); // as `: > page` does
    assert_eq!(sendfile64(&server, &file, Some(&mut offset), 4096), Ok(0));
    drop(server);
    let mut all = Vec::new();
    client.read_to_end(&mut all).unwrap();
    assert_eq!(all.len(), 4096, "and neither a signal nor another byte");
}

#[test]
fn b06_joined_to_the_root_a_path_leads_outside_and_beneath_it_does_not() {
    let directory = directory();
    directory.write("secret", b"secret");
    directory.write("root/page", b"page");
    let root = directory.join("root");
    let mut found = String::new();
    let joined = format!("{}/../secret", root.display());
    File::open(joined)
        .unwrap()
        .read_to_string(&mut found)
        .unwrap();
    assert_eq!(found, "secret");

    let root = File::open(root).unwrap();
    let how = OpenHow::new()
        .flags(OFlag::O_RDONLY | OFlag::O_CLOEXEC)
        .resolve(ResolveFlag::RESOLVE_BENEATH);
    assert!(openat2(&root, "page", how).is_ok());
    assert_eq!(openat2(&root, "../secret", how).unwrap_err(), Errno::EXDEV);
    assert_eq!(
        openat2(&root, "/etc/passwd", how).unwrap_err(),
        Errno::EXDEV
    );
}

#[test]
fn b58_one_sendfile_moves_what_there_is_room_for() {
    const LENGTH: usize = 4 * 1024 * 1024;
    let directory = directory();
    let path = directory.write("page", b"");
    let hole = File::create(&path).unwrap(); // which takes no room on disk
    hole.set_len(LENGTH as u64).unwrap();
    let (mut client, server) = narrow_pair();
    let file = File::open(&path).unwrap();
    let taken = sendfile64(&server, &file, None, LENGTH).unwrap();
    assert!(0 < taken && taken < LENGTH, "{taken}");
    drop(server); // who takes this for success has sent so much and no more
    let mut all = Vec::new();
    client.read_to_end(&mut all).unwrap();
    assert_eq!(all.len(), taken);
}
