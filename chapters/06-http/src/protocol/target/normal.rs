//! The one form of a path: without dots and empty segments.

use std::borrow::Cow;

use memchr::memrchr;

/// The same decoded path without `.`, `..` and empty segments, as browsers send it (RFC 3986 §5.2.4):
/// `/a/./b`, `/a//b` and `/x/../a/b` are `/a/b`. What ends in a slash, or in a dot segment, ends in a slash.
///
/// Routes and files are looked up by this form alone. Else `//private` would be a file without being
/// the route that guards it.
///
/// A path that leads out of the root, such as `/../a`, stays as it is: no route has it, and no file.
///
/// ```
/// use ch06_http::normal;
///
/// assert_eq!(normal(b"//a/./b/..".into()), &b"/a/"[..]);
/// ```
#[inline]
#[must_use]
pub fn normal(path: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let unusual = |two: &[u8]| matches!(two, b"//" | b"/.");
    if path.windows(2).any(unusual) {
        without_dots(&path).map_or(path, Cow::Owned)
    } else {
        path
    }
}

/// `None` if the path leads out of the root.
#[cold]
fn without_dots(path: &[u8]) -> Option<Vec<u8>> {
    let mut normal = Vec::with_capacity(path.len());
    let mut ends_in_slash = false;
    for segment in path.split(|&byte| byte == b'/') {
        ends_in_slash = matches!(segment, b"" | b"." | b"..");
        match segment {
            b"" | b"." => {}
            b".." => normal.truncate(memrchr(b'/', &normal)?),
            name => {
                normal.push(b'/');
                normal.extend_from_slice(name);
            }
        }
    }
    if ends_in_slash {
        normal.push(b'/');
    }
    Some(normal)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::normal;

    fn of(path: &str) -> String {
        let normal = normal(path.as_bytes().into());
        String::from_utf8_lossy(&normal).into_owned()
    }

    /// As reported to devfile/api#567, docpad/documentation#157 and docdoku-plm#47 (`//`), http4s#1473 (`...`).
    #[test]
    fn a_path_loses_its_dots_and_empty_segments() {
        for (path, expected) in [
            ("/", "/"),
            ("//", "/"),
            ("/.", "/"),
            ("/./", "/"),
            ("/./index.html", "/index.html"),
            ("/a/./b", "/a/b"),
            ("//a//b//", "/a/b/"),
            ("/a/..", "/"),
            ("/a/../b", "/b"),
            ("/a/b/..", "/a/"),
            ("/a//../b", "/b"),
            ("/a/b/../../c/.", "/c/"),
            ("/.../..a/.b", "/.../..a/.b"),
        ] {
            assert_eq!(of(path), expected, "{path}");
        }
    }

    #[test]
    fn a_path_out_of_the_root_stays_as_it_is() {
        for path in ["/..", "/../", "/../a", "/a/../../b", "//../a", "/./.."] {
            assert_eq!(of(path), path);
        }
    }

    /// The names that the standard library finds in a path, without the dots.
    fn names(path: &[u8]) -> Option<Vec<&OsStr>> {
        let mut names = Vec::new();
        for component in Path::new(OsStr::from_bytes(path)).components() {
            match component {
                Component::Normal(name) => names.push(name),
                Component::ParentDir => drop(names.pop()?),
                _ => {}
            }
        }
        Some(names)
    }

    proptest! {
        #[test]
        fn any_path_gets_the_names_that_it_has_and_its_form_is_final(path in "(/[.ab]{0,3}){1,8}") {
            let normal = of(&path);
            prop_assert_eq!(of(&normal), normal.clone());
            let Some(names) = names(path.as_bytes()) else {
                prop_assert_eq!(normal, path);
                return Ok(());
            };
            prop_assert!(!names.is_empty() || normal == "/");
            let slash = if normal.ends_with('/') && !names.is_empty() { "/" } else { "" };
            let joined = names.join(OsStr::new("/"));
            prop_assert_eq!(normal, format!("/{}{slash}", joined.display()));
        }
    }
}
