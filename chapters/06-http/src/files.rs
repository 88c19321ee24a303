//! Requests for files.

mod cache;
mod conditional;
mod opened;
mod range;
mod root;

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tracing::trace;

use self::cache::{Cache, Entry, Reach};
pub(crate) use self::conditional::is_plain;
use self::conditional::{Asked, Verdict, judge};
use self::opened::Opened;
use self::range::Wanted;
use self::root::{Named, Refusal, Root};
use crate::response::{FileVersion, Page, SMALL, Seconds};
use crate::{Date, Fields, Head, Method, Response, Status};

/// What answers with files from one directory.
///
/// A path names a file in one way only: no empty segment, no `.` and no `..`. A [`Site`](crate::Site)
/// makes that of what it is asked ([`normal`](crate::normal)). A directory's page is its `index.html`.
///
/// The root is a path: once a second a request finds out whether another directory has come there.
///
/// What has been served is kept at hand, and compared with the file at the next request of another
/// second. Until then, an answer costs no system call. At most 512 files are kept, each as up to
/// 16 KiB of memory or as an open descriptor. As many again may be open on their way to clients;
/// whoever asks for another one meanwhile is answered 503.
#[derive(Debug)]
pub struct Files {
    root: Root,
    cache: Cache,
    /// When the root was last followed.
    followed: Seconds,
    opened: Opened,
}

/// Why a path has no page.
enum NoPage {
    Refused(Refusal),
    /// It is a directory, and the path lacks its last slash.
    Directory,
    /// As many files as may be are open.
    TooMany,
}

impl Files {
    /// Files kept at hand, and so descriptors, at most, unless [`Self::keeping`] says fewer.
    pub const KEPT: usize = 512;

    /// Opens the directory `root`.
    ///
    /// # Errors
    /// As `open(2)` has them for a directory.
    pub fn open(root: &Path) -> io::Result<Self> {
        Ok(Self {
            root: Root::open(root)?,
            cache: Cache::new(Self::KEPT),
            followed: 0,
            opened: Opened::new(2 * Self::KEPT),
        })
    }

    /// Keeps at most `number` files at hand: fewer than [`Self::KEPT`] where descriptors are rare.
    #[must_use]
    pub fn keeping(mut self, number: usize) -> Self {
        self.cache = Cache::new(number);
        self.opened = Opened::new(2 * number);
        self
    }

    /// The answer to a request with this `head` for the file that `path` names.
    ///
    /// `path` is decoded and normal, and begins with a slash: the path of the request's target, or
    /// another in its place. There may be no file, whatever the method is; a file that there is takes GET,
    /// HEAD and OPTIONS.
    #[inline]
    pub fn answer(&mut self, head: &Head<'_>, path: &[u8], now: &Date) -> Response {
        self.find(head, path, now, Reach::Direct)
    }

    /// The same for a route, which may take `path` itself: its file doesn't become one that is sent
    /// without asking routes.
    pub(crate) fn answer_for_route(
        &mut self,
        head: &Head<'_>,
        path: &[u8],
        now: &Date,
    ) -> Response {
        self.find(head, path, now, Reach::ByRoute)
    }

    #[inline]
    // ANCHOR: answer
    fn find(&mut self, head: &Head<'_>, path: &[u8], now: &Date, reach: Reach) -> Response {
        let asked = match head.method {
            Method::Get => Some(Asked::Get),
            Method::Head => Some(Asked::Head),
            _ => None,
        };
        self.follow(now);
        let page = match self.cache.get(path, now.seconds()) {
            Some(page) => Arc::clone(page),
            None => match self.look(path, now, reach) {
                Ok(page) => page,
                Err(NoPage::Directory) if asked.is_none() => return not_read(head.method),
                Err(NoPage::Directory) => return add_slash(path, head.target.query()),
                Err(NoPage::Refused(refusal)) => return refused(refusal),
                Err(NoPage::TooMany) => return too_many(),
            },
        };
        let Some(asked) = asked else {
            return not_read(head.method);
        };
        if is_plain(head.fields) {
            return Response::page(page);
        }
        conditional(head.fields, asked, page, now)
    }
    // ANCHOR_END: answer

    /// Goes on in the directory that the root's path names now: looks at it once a second.
    ///
    /// A tool that builds a site anew may remove the directory first, or lead a link to another.
    #[inline]
    fn follow(&mut self, now: &Date) {
        if self.followed != now.seconds() {
            self.followed = now.seconds();
            self.root.follow(); // what is at hand is compared in each second anyway
        }
    }

    /// The file for `path`, if it has been looked at in this second, and no route takes the path.
    #[inline]
    pub(crate) fn at_hand(&self, path: &[u8], now: &Date) -> Option<&Page> {
        self.cache
            .get_direct(path, now.seconds())
            .map(|page| &**page)
    }

    /// The page of the file that `path` means now.
    #[cold]
    #[inline(never)]
    fn look(&mut self, path: &[u8], now: &Date, reach: Reach) -> Result<Arc<Page>, NoPage> {
        let kept = self.cache.take(path);
        let name = name(path).ok_or(Refusal::Missing)?;
        let metadata = match self.root.look(&name)? {
            Named::File(metadata) => metadata,
            Named::Directory if path.ends_with(b"/") => return Err(Refusal::Missing.into()),
            Named::Directory => return Err(NoPage::Directory),
        };
        let (page, version) = match kept {
            Some(kept) if kept.version == Some(FileVersion::of(&metadata)) => {
                (kept.page, kept.version)
            }
            _ => {
                if metadata.len() > SMALL && self.opened.is_full() {
                    return Err(NoPage::TooMany);
                }
                let (file, metadata) = self.root.read(&name)?;
                let version = FileVersion::settled(&metadata, now.seconds());
                let page = Page::read(file, &metadata, &name, now).map_err(Refusal::from)?;
                if let Some(file) = page.file() {
                    self.opened.add(file);
                }
                (Arc::new(page), version)
            }
        };
        let entry = Entry {
            page: Arc::clone(&page),
            version,
            checked: now.seconds(),
            reach,
        };
        self.cache.keep(path, entry);
        Ok(page)
    }
}

/// The name below the root that `path` means, or nothing where it isn't a name's usual form.
///
/// The root is safe without this. But caches, and people who read logs, rely on one file having one
/// name; and a redirect to `//example.org/` would lead to another host.
fn name(path: &[u8]) -> Option<Cow<'_, [u8]>> {
    let name = path.strip_prefix(b"/")?;
    let (directory, last) = match name.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (Some(&name[..slash]), &name[slash + 1..]),
        None => (None, name),
    };
    let unusual = |segment: &[u8]| matches!(segment, b"" | b"." | b"..");
    if directory.is_some_and(|names| names.split(|byte| *byte == b'/').any(unusual)) {
        return None;
    }
    match last {
        b"" => Some([name, b"index.html"].concat().into()),
        _ if unusual(last) => None,
        _ => Some(name.into()),
    }
}

#[inline(never)]
fn conditional(fields: Fields<'_>, asked: Asked, page: Arc<Page>, now: &Date) -> Response {
    match judge(fields, asked, &page, now.seconds()) {
        Verdict::Answer(Wanted::Whole) => Response::page(page),
        Verdict::Answer(Wanted::Part(range)) => Response::part(page, range),
        Verdict::Answer(Wanted::Nothing) => {
            let why = format!(
                "The file has {} bytes, and none of them were asked for.",
                page.length
            );
            Response::error(Status::RANGE_NOT_SATISFIABLE, &why)
                .field("Content-Range", format!("bytes */{}", page.length))
        }
        Verdict::Unchanged => Response::unchanged(page),
        Verdict::Failed => Response::error(
            Status::PRECONDITION_FAILED,
            "The file is not the version that the request insists on.",
        ),
    }
}

/// The answer to a request with another method than GET or HEAD for a file that there is.
#[cold]
fn not_read(method: Method<'_>) -> Response {
    let allow = "GET, HEAD, OPTIONS";
    if method == Method::Options {
        return Response::options(allow);
    }
    let why = "A file can only be read: by GET or HEAD.";
    Response::error(Status::METHOD_NOT_ALLOWED, why).field("Allow", allow)
}

fn refused(refusal: Refusal) -> Response {
    match refusal {
        Refusal::Missing => Response::error(Status::NOT_FOUND, "There is no file of this name."),
        Refusal::Forbidden => Response::error(
            Status::FORBIDDEN,
            "The server may not read this, or it is no file: a pipe, a device or a socket.",
        ),
        Refusal::Failed(error) => {
            trace!(call = "open", error = error.desc(), "error");
            Response::error(
                Status::INTERNAL_SERVER_ERROR,
                "The server failed to read this file.",
            )
        }
    }
}

/// The descriptors for files are used up, by clients that don't read what they have asked for.
#[cold]
fn too_many() -> Response {
    let why = "Too many files are on their way to others. It may be had in a moment.";
    Response::error(Status::SERVICE_UNAVAILABLE, why).field("Retry-After", "1")
}

/// The directory's own path ends with a slash: the links on its page are relative to it.
fn add_slash(path: &[u8], query: Option<&[u8]>) -> Response {
    let mut location = Vec::with_capacity(path.len() + 1);
    // A backslash too is written as a code: browsers take it for a slash, and two of those begin
    // the name of a host.
    encode(path, b"-._~!$&'()*+,;=:@/", &mut location);
    location.push(b'/');
    if let Some(query) = query {
        location.push(b'?');
        encode(query, b"-._~!$&'()*+,;=:@/?%", &mut location);
    }
    Response::redirect(Status::MOVED_PERMANENTLY, &location)
}

/// Appends `bytes`, percent-encoded but for letters, digits and what is `plain` (RFC 3986 §2.1).
fn encode(bytes: &[u8], plain: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            out.push(byte);
        } else {
            let digit = |value: u8| DIGITS[usize::from(value)];
            out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

impl From<Refusal> for NoPage {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
