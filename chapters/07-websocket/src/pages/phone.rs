//! What a phone asks for that has scanned a code: which page shows it, and that the page be let in or not.
//!
//! `login.rs` draws what is sent where.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Call, Reply, Response, Status, decode_form, form_pairs};

use super::login::{NO_LOGINS, Waiting};
use super::logins::{End, Logins, Token};
use super::shared::Shared;

/// Bytes of a form: a token of 22 characters, and a name of which each may be percent-encoded.
pub(crate) const FORM: u64 = 4 * 1024;

/// Characters of a name.
const MAX_NAME: usize = 40;

/// Answers the phone that has scanned a code: at which address, and in which browser, the page is.
pub(crate) fn look<U>(shared: &mut Shared, call: &mut Call<'_>) -> Reply<U> {
    let answer = asked(shared, call).and_then(|(logins, token)| {
        let waiting = logins.find(&token).map_err(not_found)?;
        Ok(text(Status::OK, &waiting.shown()))
    });
    answer.unwrap_or_else(|refusal| refusal).into()
}

/// Lets the page in, under the name that the phone gives. A phone that is logged in itself would
/// have its session's cookie say that.
pub(crate) fn confirm<U>(shared: &mut Shared, call: &mut Call<'_>) -> Reply<U> {
    let answer = asked(shared, call).and_then(|(logins, token)| {
        let name = name(call.body)?;
        let waiting = logins.end(&token, End::Used).map_err(not_found)?;
        waiting.tell(call.io, "confirmed", &name);
        Ok(text(Status::OK, "Done: the page has been told."))
    });
    answer.unwrap_or_else(|refusal| refusal).into()
}

/// Ends a login that the phone's owner hasn't asked for.
pub(crate) fn decline<U>(shared: &mut Shared, call: &mut Call<'_>) -> Reply<U> {
    let answer = asked(shared, call).and_then(|(logins, token)| {
        let waiting = logins.end(&token, End::Declined).map_err(not_found)?;
        waiting.tell(call.io, "ended", End::Declined.text());
        Ok(text(Status::OK, "Done: the page will not be let in."))
    });
    answer.unwrap_or_else(|refusal| refusal).into()
}

/// The token that a phone has sent, from a page of this server.
fn asked<'a>(
    shared: &'a mut Shared,
    call: &Call<'_>,
) -> Result<(&'a mut Logins<Waiting>, Token), Response> {
    if !shared.handshake.origins.allow(&call.head) {
        let why = "Only a page of this server may do that.";
        return Err(text(Status::FORBIDDEN, why));
    }
    let Some(logins) = &mut shared.logins else {
        return Err(text(Status::SERVICE_UNAVAILABLE, NO_LOGINS));
    };
    let token = URL_SAFE_NO_PAD.decode(field(call.body, "token"));
    let token = token.ok().and_then(|token| Token::try_from(token).ok());
    let token = token.ok_or_else(|| text(Status::BAD_REQUEST, "This is no whole code."))?;
    Ok((logins, token))
}

/// What a form says for `name`, or nothing.
fn field(body: &[u8], name: &str) -> Vec<u8> {
    let mut value = Vec::new();
    let pair = form_pairs(body).find(|(known, _)| *known == name.as_bytes());
    match decode_form(pair.unwrap_or_default().1, &mut value) {
        Ok(()) => value,
        Err(_) => Vec::new(),
    }
}

fn name(body: &[u8]) -> Result<String, Response> {
    let name = String::from_utf8_lossy(&field(body, "name"))
        .trim()
        .to_owned();
    let fits = (1..=MAX_NAME).contains(&name.chars().count());
    if fits && !name.contains(char::is_control) {
        Ok(name)
    } else {
        let why = "A name has 1 to 40 characters, and none that controls the screen.";
        Err(text(Status::BAD_REQUEST, why))
    }
}

fn not_found(why: &'static str) -> Response {
    text(Status::NOT_FOUND, why)
}

/// An answer that the phone's page shows as it is.
fn text(status: Status, text: &str) -> Response {
    Response::new(status)
        .field("Cache-Control", "no-store")
        .content("text/plain; charset=utf-8", text)
}
