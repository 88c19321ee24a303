use std::fs;
use std::io::Read;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::unistd::mkfifo;

use super::*;

/// A directory of its own, walked in either way. Gone when dropped.
struct Tree {
    path: PathBuf,
    root: Root,
}

impl Tree {
    fn new(name: &str, way: Way) -> Self {
        let process = std::process::id();
        let path = std::env::temp_dir().join(format!("ch06-http-{name}-{way:?}-{process}"));
        fs::create_dir_all(path.join("root/a/b")).unwrap();
        fs::write(path.join("secret"), "secret").unwrap();
        fs::write(path.join("root/a/b/file"), "content").unwrap();
        let mut root = Root::open(&path.join("root")).unwrap();
        root.way = way;
        Self { path, root }
    }

    fn read(&self, name: &str) -> Result<String, Refusal> {
        match self.root.look(name.as_bytes())? {
            Named::Directory => Ok("a directory".to_owned()),
            Named::File(_) => {
                let (mut file, _) = self.root.read(name.as_bytes())?;
                let mut content = String::new();
                file.read_to_string(&mut content)?;
                Ok(content)
            }
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

const WAYS: [Way; 2] = [Way::Beneath, Way::Stepwise];

#[test]
fn either_way_finds_what_is_inside() {
    for way in WAYS {
        let tree = Tree::new("inside", way);
        assert_eq!(tree.read("a/b/file").as_deref(), Ok("content"));
        assert_eq!(tree.read("a/b").as_deref(), Ok("a directory"));
        assert_eq!(tree.read("a/c/file"), Err(Refusal::Missing));
        assert_eq!(tree.read("a/b/file/"), Err(Refusal::Missing));
        assert_eq!(tree.read("a/b/file\0"), Err(Refusal::Missing));
        assert_eq!(tree.read(""), Err(Refusal::Missing));
    }
}

#[test]
fn neither_way_leads_outside() {
    for way in WAYS {
        let tree = Tree::new("outside", way);
        let inside = |name: &str| tree.path.join("root").join(name);
        symlink("../secret", inside("relative")).unwrap();
        symlink(tree.path.join("secret"), inside("absolute")).unwrap();
        symlink("..", inside("up")).unwrap();
        let secret = tree.path.join("secret");
        for name in [
            "../secret",
            "a/../../secret",
            "a/..",
            "..",
            "relative",
            "absolute",
            "up/secret",
            "up",
            secret.to_str().unwrap(),
        ] {
            let found = tree.read(name);
            let refused = matches!(found, Err(Refusal::Missing | Refusal::Forbidden));
            assert!(refused || name == "a/..", "{way:?}, {name}: {found:?}");
        }
    }
}

#[test]
fn only_the_kernels_way_follows_links() {
    for (way, found) in WAYS.into_iter().zip([true, false]) {
        let tree = Tree::new("links", way);
        symlink("a/b", tree.path.join("root/directory")).unwrap();
        symlink("a/b/file", tree.path.join("root/file")).unwrap();
        for name in ["directory/file", "file"] {
            assert_eq!(tree.read(name).is_ok(), found, "{way:?}, {name}");
            assert_eq!(tree.root.read(name.as_bytes()).is_ok(), found);
        }
    }
}

#[test]
fn a_file_that_has_become_a_fifo_does_not_hold_its_reader() {
    for way in WAYS {
        let tree = Tree::new("fifo", way);
        mkfifo(&tree.path.join("root/fifo"), Mode::S_IRWXU).unwrap();
        let (report, found) = mpsc::channel();
        thread::spawn(move || {
            // As if `look` had seen a file. A blocking open waits here for a writer, for ever.
            let found = tree.root.read(b"fifo").map(|_| ());
            let _ = report.send(found);
        });
        let found = found.recv_timeout(Duration::from_secs(10));
        assert_eq!(found, Ok(Err(Refusal::Forbidden)), "{way:?}");
    }
}
