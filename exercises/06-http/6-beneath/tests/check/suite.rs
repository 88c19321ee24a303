//! A site with a secret beside it, and many ways to ask for that.

use std::fs;
use std::io::Read;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::subject::Site;

const BOOK: &str = "06-files.html#nothing-outside-the-root";

/// What is in the files outside.
const SECRET: &str = "the secret";

/// How long a link is renamed to and fro: a look before opening fails after a millisecond of it, mostly.
const RACE: Duration = Duration::from_millis(700);

/// Paths, and what came of each: what is in the file, if there was one.
type Asked = Vec<(String, Option<String>)>;

#[test]
fn a_file_is_found() {
    expect(
        |_| {
            vec![
                "/index.html".into(),
                "/a/b.html".into(),
                "/%69ndex.html".into(),
                "/a%2Fb.html".into(),
            ]
        },
        Some("inside"),
        "This is a file in the directory: %69 is an i, and %2F a slash.",
    );
}

#[test]
fn it_is_decoded_once() {
    expect(
        |_| vec!["/100%2525.txt".into()],
        Some("inside"),
        "The file is called 100%25.txt. The path has each % encoded as %25. Decode it once, and the rest is \
         as it is.",
    );
}

#[test]
fn two_dots_in_a_name_are_a_part_of_it() {
    expect(
        |_| vec!["/v1..v2.html".into(), "/a/..b".into()],
        Some("inside"),
        "Two dots lead up if they are all there is between two slashes. In a longer name they mean nothing.",
    );
}

#[test]
fn what_is_missing_is_missing() {
    expect(
        |_| {
            vec![
                "/nothing".into(),
                "/index.html/".into(),
                "/%6".into(),
                "/%zz".into(),
            ]
        },
        None,
        "There is no such file.",
    );
}

#[test]
fn a_directory_is_no_file() {
    expect(
        |_| vec!["/".into(), "/a".into(), "/a/".into(), "/.".into()],
        None,
        "That is a directory.",
    );
}

#[test]
fn a_nul_ends_nothing() {
    expect(
        |_| {
            vec![
                "/index.html%00".into(),
                "/index.html%00.png".into(),
                "/a%00/../b.html".into(),
            ]
        },
        None,
        "A name with a NUL in it is no file's name. It doesn't end there: only C's texts do.",
    );
}

#[test]
fn dots_do_not_lead_outside() {
    expect(
        |_| {
            vec![
                "/../secret".into(),
                "/a/../../secret".into(),
                "/./.././secret".into(),
                "/....//secret".into(),
                "/.../...//secret".into(),
                "/..././secret".into(),
            ]
        },
        None,
        "This leads out of the directory; or it does so once somebody has taken `../` out of the middle of it.",
    );
}

#[test]
fn encoded_dots_do_not_lead_outside() {
    expect(
        |_| {
            vec![
                "/%2e%2e/secret".into(),
                "/.%2E/secret".into(),
                "/..%2fsecret".into(),
                "/a%2F..%2F..%2Fsecret".into(),
                "/%2e%2e%2fsecret".into(),
                "/%252e%252e/secret".into(),
            ]
        },
        None,
        "What counts is what is opened, and not what it looked like when it came. %2e is a dot, and %2f a \
         slash.",
    );
}

#[test]
fn an_absolute_path_does_not_lead_outside() {
    expect(
        |house| {
            let secret = house.join("secret").display().to_string();
            vec![
                format!("/{secret}"),
                format!("/%2F{}", &secret[1..]),
                format!("//{secret}"),
            ]
        },
        None,
        "There are more slashes than one at the front. A path that begins with a slash starts at the machine's \
         root: Path::join throws away what was before it.",
    );
}

#[test]
fn a_neighbour_with_a_longer_name_is_outside() {
    expect(
        |_| {
            vec![
                "/%2e%2e/site-private/secret".into(),
                "/..%2Fsite-private%2Fsecret".into(),
            ]
        },
        None,
        "The directory is called site, and its neighbour site-private. As text, the one begins with the \
         other; as a path it doesn't.",
    );
}

#[test]
fn a_link_inside_works() {
    expect(
        |_| vec!["/home.html".into(), "/alias/b.html".into()],
        Some("inside"),
        "This is a symbolic link, or there is one on the way, and what it leads to is in the directory.",
    );
}

#[test]
fn a_link_does_not_lead_outside() {
    expect(
        |_| vec!["/relative".into(), "/absolute".into(), "/a/twice".into()],
        None,
        "This is a symbolic link to a file outside. Nothing in its name says so.",
    );
}

#[test]
fn a_linked_directory_does_not_lead_outside() {
    expect(
        |_| {
            vec![
                "/up/secret".into(),
                "/near/secret".into(),
                "/up/site/up/secret".into(),
            ]
        },
        None,
        "There is a symbolic link on the way, to a directory outside. It is not enough to look at the last \
         name.",
    );
}

#[test]
fn a_link_that_changes_does_not_lead_outside() {
    let outside = harness::call(|| {
        let house = House::new();
        let [file, link, now] =
            ["file", "link", "now"].map(|name| house.path.join("site").join(name));
        fs::write(&file, "inside").expect("a place for a file");
        symlink("../secret", &link).expect("a place for a link");
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    for (from, to) in [(&file, &now), (&now, &file), (&link, &now), (&now, &link)] {
                        fs::rename(from, to).expect("both are in one directory");
                    }
                }
            });
            let began = Instant::now();
            let mut found = (0..)
                .map(|_| house.read("/now"))
                .take_while(|_| began.elapsed() < RACE);
            let outside = found.any(|found| found.as_deref() == Some(SECRET));
            is_over.store(true, Ordering::Relaxed);
            outside
        })
    });
    assert!(
        !outside,
        "asked for /now, which is a file in the directory at one moment, and a link to outside at the next\n\
         expected  the file, or none\n\
         received  a file outside the site, and what is in it\n\
         it means  Between your look at the path and your opening it, a link took the file's place. What\n          \
         is looked at has to be what is opened: in one step of the kernel's.\n\
         read      book: {BOOK}"
    );
}

/// Asks for the paths that `paths` says, in a child process, and expects that `expected` comes of each.
/// `paths` gets the directory around the site.
#[track_caller]
fn expect(paths: impl FnOnce(&Path) -> Vec<String>, expected: Option<&str>, means: &str) {
    let asked: Asked = harness::call(|| {
        let house = House::new();
        let paths = paths(&house.path).into_iter();
        paths
            .map(|path| (house.read(&path), path))
            .map(|(found, path)| (path, found))
            .collect()
    });
    for (path, found) in &asked {
        if found.as_deref() != expected {
            let shown = |found: Option<&str>| match found {
                None => "no file".to_owned(),
                Some(SECRET) => "a file outside the site, and what is in it".to_owned(),
                Some(content) => format!("the file, with \"{content}\" in it"),
            };
            panic!(
                "asked for {path}\nexpected  {}\nreceived  {}\nit means  {means}\nread      book: {BOOK}",
                shown(expected),
                shown(found.as_deref())
            );
        }
    }
}

/// A directory with a site in it, and with secrets. Gone when dropped.
struct House {
    path: PathBuf,
    site: Site,
}

impl House {
    fn new() -> Self {
        // A test has a process of its own here.
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(process::id().to_string());
        let site = path.join("site");
        let _ = fs::remove_dir_all(&path); // of a process that was killed and had the same number
        for directory in [&site.join("a"), &path.join("site-private")] {
            fs::create_dir_all(directory).expect("a place for a directory");
        }
        for inside in [
            "index.html",
            "100%25.txt",
            "v1..v2.html",
            "a/b.html",
            "a/..b",
        ] {
            fs::write(site.join(inside), "inside").expect("a place for a file");
        }
        for outside in ["secret", "site-private/secret"] {
            fs::write(path.join(outside), SECRET).expect("a place for a file");
        }
        for (name, leads_to) in [
            ("home.html", Path::new("index.html")),
            ("alias", Path::new("a")),
            ("relative", Path::new("../secret")),
            ("absolute", &path.join("secret")),
            ("a/twice", Path::new("../relative")),
            ("up", Path::new("..")),
            ("near", Path::new("../site-private")),
        ] {
            symlink(leads_to, site.join(name)).expect("a place for a link");
        }
        let site = Site::new(&site).expect("the directory is there");
        Self { path, site }
    }

    /// What is in the file that the answer opens for `path`.
    fn read(&self, path: &str) -> Option<String> {
        let mut content = String::new();
        let mut file = self.site.open(path)?;
        if let Err(error) = file.read_to_string(&mut content) {
            return Some(error.to_string());
        }
        Some(content)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
