//! A disk that is full: a small one, in a name space of its own.

use std::fs::{self, File};
use std::io::Write;
use std::process::Command;

use harness::{Directory, Server};

use crate::FAR;
use crate::browser::Browser;

/// Whether this user may mount anything in a name space of its own.
fn may_mount() -> bool {
    let tried = Command::new("unshare")
        .args(["-Urm", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output();
    tried.is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_is_said_to_be_full_and_nothing_is_lost() {
    if !may_mount() {
        eprintln!("SKIPPED a_full_disk_is_said_to_be_full_and_nothing_is_lost: unshare -Urm fails");
        return;
    }
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let disk = directory.join("disk");
    fs::create_dir(&disk).unwrap();
    let disk = disk.to_str().expect("a path of ASCII");
    let database = format!("{disk}/users.db");
    let script = "mount -t tmpfs -o size=1m none \"$0\" && exec \"$@\"";
    let program = env!("CARGO_BIN_EXE_ch09-webserver");
    let server = [
        "-Urm",
        "sh",
        "-c",
        script,
        disk,
        program,
        "--workers",
        "1",
        "--database",
        &database,
    ];
    // The address and what follows it are added to these.
    let server = Server::spawn("unshare", &server).with_deadline(FAR);
    let mut browser = Browser::new(&server);
    let ada = "user=ada&password=correct+horse";
    let bob = "user=bob&password=correct+horse";
    assert_eq!(browser.post("/register", ada).status, 303);
    // Only the server and those who ask for its root see that disk.
    let filler = format!("/proc/{}/root{disk}/filler", server.pid());
    let mut file = File::create(&filler).expect("a file on the server's disk");
    while file.write_all(&[0; 4096]).is_ok() {}
    while file.write_all(&[0]).is_ok() {}
    let refused = browser.post("/register", bob);
    assert_eq!(refused.status, 503);
    let text = refused.text();
    assert!(text.contains("full, and nothing was changed"), "{text}");
    drop(file);
    fs::remove_file(&filler).unwrap();
    assert_eq!(browser.post("/register", ada).status, 409, "still there");
    assert_eq!(browser.post("/register", bob).status, 303, "not there yet");
    assert_eq!(browser.post("/login", ada).status, 303);
}
