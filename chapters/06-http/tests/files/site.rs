//! A directory of its own for each test, and requests for what is in it.

use std::fmt::Write;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{FileExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ch06_http::{Date, Delivery, Extent, Files, HeadParser, Limits, Method};
use harness::Directory;

/// A directory `root` that is served, in a directory where secrets may lie.
pub struct Site {
    directory: Directory,
    files: Files,
    now: SystemTime,
}

/// An answer, taken apart.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub content: Vec<u8>,
    /// Whether the content comes from a descriptor.
    pub from_file: bool,
}

/// A request for a path, which is decoded, with a query and fields if there are any.
pub struct Request<'a> {
    pub method: Method<'a>,
    pub path: &'a [u8],
    pub query: &'a str,
    pub fields: Vec<(&'a str, String)>,
}

impl Site {
    pub fn new() -> Self {
        let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
        fs::create_dir(directory.join("root")).unwrap();
        permit(&directory.join("root"), 0o755);
        directory.write("secret", "secret");
        Self {
            files: Files::open(&directory.join("root")).unwrap(),
            directory,
            // So late that every file has rested for long.
            now: SystemTime::now() + Duration::from_secs(10),
        }
    }

    /// Where `name` lies that a client would ask for as `/name`.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.join("root").join(name)
    }

    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn link(&self, name: &str, target: impl AsRef<Path>) {
        symlink(target, self.path(name)).unwrap();
    }

    /// Lets a second pass.
    pub fn pass(&mut self) {
        self.now += Duration::from_secs(1);
    }

    /// Sets the clock.
    pub fn set(&mut self, now: SystemTime) {
        self.now = now;
    }

    pub fn get(&mut self, path: impl AsRef<[u8]>) -> Answer {
        self.get_with(path, &[])
    }

    pub fn get_with(&mut self, path: impl AsRef<[u8]>, fields: &[(&'static str, &str)]) -> Answer {
        let fields = fields
            .iter()
            .map(|(name, value)| (*name, value.to_string()));
        self.ask(&Request {
            method: Method::Get,
            path: path.as_ref(),
            query: "",
            fields: fields.collect(),
        })
    }

    pub fn ask(&mut self, request: &Request<'_>) -> Answer {
        answer(&mut self.files, request, self.now)
    }
}

pub fn answer(files: &mut Files, request: &Request<'_>, now: SystemTime) -> Answer {
    let mut text = format!(
        "{} /{} HTTP/1.1\r\nHost: localhost\r\n",
        request.method, request.query
    );
    for (name, value) in &request.fields {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text += "\r\n";
    let head = HeadParser::default().parse(text.as_bytes(), &Limits::default());
    let (head, _) = head.unwrap().unwrap();
    let extent = match request.method {
        Method::Head => Extent::Head,
        _ => Extent::Whole,
    };
    let how = Delivery {
        extent,
        ..Delivery::default()
    };
    let (mut out, now) = (Vec::new(), Date::new(now));
    let rest = files
        .answer(&head, request.path, &now)
        .write(&mut out, &now, how);
    let end = out.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let mut content = out.split_off(end);
    let from_file = rest.is_some();
    if let Some((file, range)) = rest {
        assert!(content.is_empty());
        content = read(&file, range.start, range.end);
    }
    let head = String::from_utf8(out).unwrap();
    let answer = Answer {
        status: head[9..12].parse().unwrap(),
        head,
        content,
        from_file,
    };
    if let Some(length) = answer.field("Content-Length")
        && extent == Extent::Whole
    {
        assert_eq!(length, answer.content.len().to_string(), "{}", answer.head);
    }
    answer
}

/// Sets the permissions of `path`, whatever the umask.
pub fn permit(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// GET `path` from the files below `root`.
pub fn get_below(root: &str, path: &str) -> Answer {
    let request = Request {
        method: Method::Get,
        path: path.as_bytes(),
        query: "",
        fields: Vec::new(),
    };
    let mut files = Files::open(Path::new(root)).unwrap();
    answer(&mut files, &request, SystemTime::now())
}

fn read(file: &File, start: u64, end: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
    file.read_exact_at(&mut bytes, start).unwrap();
    bytes
}

impl Answer {
    /// The value of the field `name`.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self
            .head
            .split("\r\n")
            .filter_map(|line| line.split_once(": "));
        lines
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    pub fn tag(&self) -> &str {
        self.field("ETag").expect("an ETag")
    }

    /// Expects 200 with this content.
    #[track_caller]
    pub fn expect(&self, content: impl AsRef<[u8]>) {
        assert_eq!(self.status, 200, "{}", self.head);
        let (content, received) = (content.as_ref(), &self.content);
        assert!(received == content, "{}", received.escape_ascii());
    }
}

/// Content that differs from place to place.
pub fn long(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}
