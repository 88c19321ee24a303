//! A form that a browser has sent.

use http::{Call, Response, Status, decode_form, form_pairs};

/// Bytes of a form at most. Names and passwords are far shorter.
pub(crate) const FORM: u64 = 16 * 1024;

/// The fields of a form, decoded.
#[derive(Debug, Clone)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// The answer, if it is no form, or not text.
    pub fn read(call: &Call<'_>) -> Result<Self, Response> {
        let media_type = call.head.fields.get("content-type").unwrap_or_default();
        let media_type = media_type
            .split(|&byte| byte == b';')
            .next()
            .unwrap_or_default();
        if !media_type
            .trim_ascii()
            .eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
        {
            let why = "The content has to be of the type application/x-www-form-urlencoded.";
            return Err(Response::error(Status::UNSUPPORTED_MEDIA_TYPE, why));
        }
        let fields: Option<_> = form_pairs(call.body)
            .map(|(name, value)| Some((text(name)?, text(value)?)))
            .collect();
        let why = "The form isn't encoded as the text that it has to be.";
        fields
            .map(Self)
            .ok_or_else(|| Response::error(Status::BAD_REQUEST, why))
    }

    /// The value of a field; empty if there is none. Of several, the first.
    pub fn get(&self, name: &str) -> &str {
        let field = self.0.iter().find(|(field, _)| field == name);
        field.map_or("", |(_, value)| value)
    }
}

fn text(encoded: &[u8]) -> Option<String> {
    let mut decoded = Vec::new();
    decode_form(encoded, &mut decoded).ok()?;
    String::from_utf8(decoded).ok()
}
