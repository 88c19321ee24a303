//! The pages, as HTML.

use http::{Response, Status, escape};

use crate::{Name, Password};

/// What pages may do. Nothing but our own is loaded, and no page of another site can put ours into a
/// frame, to have a user click what isn't seen (`frame-ancestors`, CSP Level 3 §6.4.2).
const POLICY: &str =
    "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// An answer with the fields that all our pages have.
pub(crate) fn response(status: Status, html: impl Into<Vec<u8>>) -> Response {
    secured(Response::new(status).content("text/html; charset=utf-8", html))
}

/// Adds the fields of all our pages. They aren't stored, as they belong to a user. Of another policy for
/// `Referer` than this one, `no-referrer`, browsers would send our own POSTs with `Origin: null`.
pub(crate) fn secured(response: Response) -> Response {
    response
        .field("Cache-Control", "no-store")
        .field("Content-Security-Policy", POLICY)
        .field("X-Content-Type-Options", "nosniff")
        .field("Referrer-Policy", "same-origin")
}

/// A page that says what is wrong.
pub(crate) fn error(status: Status, why: &str) -> Response {
    secured(Response::error(status, why))
}

/// Sends the browser to one of our pages, by GET.
pub(crate) fn see(path: &str) -> Response {
    secured(Response::redirect(Status::SEE_OTHER, path.as_bytes()))
}

/// A whole page. `user` is logged in.
fn page(status: Status, title: &str, user: Option<&Name>, body: &str) -> Response {
    let head = match user {
        Some(user) => format!(
            "<header><span>{}</span><a href=\"/welcome\">Home</a><a href=\"/password\">Password</a>\
             <form method=\"post\" action=\"/logout\"><button>Log out</button></form></header>\n",
            escape(user.as_str())
        ),
        None => "<header><a href=\"/\">Home</a><a href=\"/login\">Log in</a>\
                 <a href=\"/register\">Register</a></header>\n"
            .to_owned(),
    };
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"/icon.svg\">\n\
         <link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n{head}<main>\n\
         <h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    );
    response(status, html)
}

/// What is wrong, above the form that it is wrong in.
fn complaint(error: Option<&str>) -> String {
    error.map_or(String::new(), |error| {
        format!("<p class=\"error\" role=\"alert\">{}</p>\n", escape(error))
    })
}

/// A field for a name, which has `value` already.
fn name_field(value: &str) -> String {
    format!(
        "<label>Name <input name=\"user\" value=\"{}\" autocomplete=\"username\" autocapitalize=\"none\" \
         spellcheck=\"false\" maxlength=\"{}\" required></label>\n",
        escape(value),
        Name::MAX
    )
}

/// A field for a password that there is, or for a new one.
fn password_field(label: &str, name: &str, new: bool) -> String {
    let (complete, least) = if new {
        ("new-password", format!(" minlength=\"{}\"", Password::MIN))
    } else {
        ("current-password", String::new())
    };
    format!(
        "<label>{label} <input type=\"password\" name=\"{name}\" autocomplete=\"{complete}\"{least} \
         required></label>\n"
    )
}

/// The first page.
pub(crate) fn home() -> Response {
    let body = "<p>Who are you?</p>\n<p class=\"choice\"><a href=\"/register\">I am new here</a>\
                <a href=\"/login\">I have a name and a password</a></p>\n";
    page(Status::OK, "A server with users", None, body)
}

/// The form for a new user.
pub(crate) fn register(status: Status, name: &str, error: Option<&str>) -> Response {
    let body = format!(
        "{}<form method=\"post\" action=\"/register\">\n{}{}\
         <button>Register</button>\n</form>\n<p>A password has at least {} characters. A sentence \
         makes a good one.</p>\n",
        complaint(error),
        name_field(name),
        password_field("Password", "password", true),
        Password::MIN
    );
    page(status, "Register", None, &body)
}

/// The form to log in.
pub(crate) fn log_in(status: Status, name: &str, error: Option<&str>, new: bool) -> Response {
    let notice = if new {
        "<p class=\"notice\" role=\"status\">You are registered. Log in with your name and password.</p>\n"
    } else {
        ""
    };
    let body = format!(
        "{notice}{}<form method=\"post\" action=\"/login\">\n{}{}<button>Log in</button>\n</form>\n",
        complaint(error),
        name_field(name),
        password_field("Password", "password", false)
    );
    page(status, "Log in", None, &body)
}

/// The form for another password.
pub(crate) fn password(
    status: Status,
    user: &Name,
    error: Option<&str>,
    changed: bool,
) -> Response {
    let notice = if changed {
        "<p class=\"notice\" role=\"status\">Your password is changed, and you are logged out everywhere \
         else.</p>\n"
    } else {
        ""
    };
    let body = format!(
        "{notice}{}<form method=\"post\" action=\"/password\">\n{}{}<button>Change</button>\n</form>\n",
        complaint(error),
        password_field("Your password", "password", false),
        password_field("The new one", "new", true)
    );
    page(status, "Another password", Some(user), &body)
}

/// What members see first.
pub(crate) fn welcome(user: &Name) -> Response {
    let body = "<p>You are logged in. What do you want to see?</p>\n<p class=\"choice\">\
                <a href=\"/picture\">A picture</a><a href=\"/video\">A video</a>\
                <a href=\"/fans\">Who made this</a></p>\n";
    page(Status::OK, "Welcome", Some(user), body)
}

/// A page with a picture.
pub(crate) fn picture(user: &Name) -> Response {
    let body = "<figure><img src=\"/media/pool.svg\" alt=\"A loop hands work to three workers through \
                a queue.\"><figcaption>The loop, the queue and the workers: this page was asked for \
                while others logged in.</figcaption></figure>\n";
    page(Status::OK, "A picture", Some(user), body)
}

/// A page with a video.
pub(crate) fn video(user: &Name) -> Response {
    let body = "<figure><video src=\"/media/loop.webm\" controls loop muted playsinline></video>\
                <figcaption>Your browser asks for parts of it, as you jump.</figcaption></figure>\n";
    page(Status::OK, "A video", Some(user), body)
}

/// A page about the server.
pub(crate) fn fans(user: &Name) -> Response {
    let body = "<p>This server is chapter 09 of the Epoll Workbook. You can read all of it, and take it \
                apart.</p>\n";
    page(Status::OK, "Who made this", Some(user), body)
}
