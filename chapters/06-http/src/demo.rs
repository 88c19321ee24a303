//! The routes of the site that comes with the chapter.

use std::fmt::Write;
use std::time::Duration;

use crate::{
    Call, Error, Method, Occasion, Reply, Response, Route, Status, decode_form, escape, form_pairs,
};

/// How long `/later` takes.
const LATER: Duration = Duration::from_secs(1);

/// The longest form that is shown, in bytes. While a page is made of it no other client is served, and of
/// a megabyte of `&a` it would be half a million rows.
const FORM: u64 = 16 * 1024;

/// The routes of the site that comes with the chapter. They share nothing.
#[must_use]
// ANCHOR: routes
pub fn demo_routes() -> Vec<Route<()>> {
    vec![
        Route::new(Method::Post, "/form", form).taking(FORM),
        Route::new(Method::Get, "/moved", moved),
        Route::new(Method::Get, "/broken", broken),
        Route::new(Method::Get, "/later", later),
        Route::any("/echo", echo).taking(u64::MAX),
    ]
}
// ANCHOR_END: routes

/// Answers with the body of the request.
///
/// As bytes, whatever the request says that they are: else a page from elsewhere could have a
/// browser show a script of its own as one of ours.
pub fn echo<S>(_: &mut S, call: &mut Call<'_>) -> Reply {
    Response::new(Status::OK)
        .content("application/octet-stream", call.body)
        .into()
}

/// Shows what a form has sent.
fn form((): &mut (), call: &mut Call<'_>) -> Reply {
    let media_type = call.head.fields.get("content-type").unwrap_or_default();
    let media_type = media_type.split(|&byte| byte == b';').next();
    let media_type = media_type.unwrap_or_default().trim_ascii();
    if !media_type.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
        let why = "The content has to be of the type application/x-www-form-urlencoded.";
        return Response::error(Status::UNSUPPORTED_MEDIA_TYPE, why).into();
    }
    let Ok(rows) = table(call.body) else {
        let why = "A percent sign has to be followed by two hexadecimal digits.";
        return Response::error(Status::BAD_REQUEST, why).into();
    };
    Response::new(Status::OK)
        .content("text/html; charset=utf-8", page(call.body, &rows))
        .into()
}

/// A row for each name and its value.
fn table(body: &[u8]) -> Result<String, Error> {
    let mut rows = String::new();
    for (name, value) in form_pairs(body) {
        let (name, value) = (shown(name)?, shown(value)?);
        let _ = writeln!(rows, "<tr><td>{name}</td><td>{value}</td></tr>"); // a `String` takes all
    }
    Ok(rows)
}

/// Text of a form as HTML.
fn shown(text: &[u8]) -> Result<String, Error> {
    let mut decoded = Vec::new();
    decode_form(text, &mut decoded)?;
    Ok(escape(&String::from_utf8_lossy(&decoded)))
}

fn page(body: &[u8], rows: &str) -> String {
    let sent = escape(&String::from_utf8_lossy(body));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>What came</title>\n<link rel=\"icon\" href=\"/icon.svg\">\n\
         <link rel=\"stylesheet\" href=\"/style.css\">\n\
         <h1>What came</h1>\n<p>The body of the request, {length} bytes:</p>\n\
         <pre>{sent}</pre>\n<p>What it means:</p>\n\
         <table>\n<tr><th>name</th><th>value</th></tr>\n{rows}</table>\n\
         <p><a href=\"/form.html\">Back</a></p>\n</html>\n",
        length = body.len()
    )
}

fn moved((): &mut (), _: &mut Call<'_>) -> Reply {
    Response::redirect(Status::FOUND, b"/").into()
}

fn broken((): &mut (), _: &mut Call<'_>) -> Reply {
    let why = "The code behind this page has failed. The others go on.";
    Response::error(Status::INTERNAL_SERVER_ERROR, why).into()
}

// ANCHOR: later
/// Answers after a second. Meanwhile other clients are served.
fn later((): &mut (), call: &mut Call<'_>) -> Reply {
    match call.occasion {
        Occasion::Request => {
            call.set_timer(LATER);
            Reply::Later
        }
        Occasion::Resumed => Reply::Later,
        Occasion::Timer => Response::new(Status::OK)
            .content("text/plain; charset=utf-8", "This came a second later.\n")
            .into(),
    }
}
// ANCHOR_END: later
