//! The site as the documents describe it: the paths and the pages, each POST answered with a page.
//!
//! | path | page | |
//! | --- | --- | --- |
//! | `/` | `judge` | new here, or not? |
//! | `/0` | `register` | |
//! | `/1` | `log` | |
//! | `/2CGISQL.cgi` | `welcome` or `logError` | name and password |
//! | `/3CGISQL.cgi` | `log` or `registerError` | name and password of a new user |
//! | `/5`, `/6`, `/7` | `picture`, `video`, `fans` | |
//!
//! Each page can be got by its name, too, such as `/log.html`. What differs is what can't be seen: passwords
//! are hashed, SQL is bound, and `/welcome.html` is for members.

use http::{Call, Method, Reply, Route, Status};

use crate::app::App;
use crate::form::FORM;
use crate::routes::{login, posted, registration};
use crate::{Done, pages};

/// The text of a page.
macro_rules! page {
    ($name:literal) => {
        include_str!(concat!("../documented/", $name, ".html"))
    };
}

/// The routes, as the documents describe them.
#[must_use]
pub fn routes() -> Vec<Route<App>> {
    vec![
        Route::new(Method::Get, "/", |_, _| show(page!("judge"))),
        Route::new(Method::Post, "/0", |_, _| show(page!("register"))),
        Route::new(Method::Post, "/1", |_, _| show(page!("log"))),
        Route::new(Method::Post, "/2CGISQL.cgi", log_in).taking(FORM),
        Route::new(Method::Post, "/3CGISQL.cgi", register).taking(FORM),
        Route::new(Method::Post, "/5", |_, _| show(page!("picture"))),
        Route::new(Method::Post, "/6", |_, _| show(page!("video"))),
        Route::new(Method::Post, "/7", |_, _| show(page!("fans"))),
        Route::new(Method::Get, "/welcome.html", welcome),
        Route::new(Method::Get, "/judge.html", |_, _| show(page!("judge"))),
        Route::new(Method::Get, "/register.html", |_, _| {
            show(page!("register"))
        }),
        Route::new(Method::Get, "/registerError.html", |_, _| {
            show(page!("registerError"))
        }),
        Route::new(Method::Get, "/log.html", |_, _| show(page!("log"))),
        Route::new(Method::Get, "/logError.html", |_, _| {
            show(page!("logError"))
        }),
        Route::new(Method::Get, "/picture.html", |_, _| show(page!("picture"))),
        Route::new(Method::Get, "/video.html", |_, _| show(page!("video"))),
        Route::new(Method::Get, "/fans.html", |_, _| show(page!("fans"))),
    ]
}

fn show(page: &str) -> Reply {
    pages::response(Status::OK, page).into()
}

fn log_in(app: &mut App, call: &mut Call<'_>) -> Reply {
    app.ask(
        call,
        |app, call| {
            let form = posted(app, call)?;
            login(app, call, &form, || {
                pages::response(Status::OK, page!("logError"))
            })
        },
        |app, call, done| match done {
            Done::LoggedIn { token, session, .. } => {
                app.succeeded(call, &session.name);
                pages::response(Status::OK, page!("welcome"))
                    .field("Set-Cookie", app.front.set_cookie(Some(&token)))
            }
            _ => pages::response(Status::OK, page!("logError")),
        },
    )
}

fn register(app: &mut App, call: &mut Call<'_>) -> Reply {
    app.ask(
        call,
        |app, call| {
            let form = posted(app, call)?;
            registration(app, call, &form, |_| {
                pages::response(Status::OK, page!("registerError"))
            })
        },
        |_, _, done| match done {
            Done::Registered => pages::response(Status::OK, page!("log")),
            _ => pages::response(Status::OK, page!("registerError")),
        },
    )
}

fn welcome(app: &mut App, call: &mut Call<'_>) -> Reply {
    match app.session(call) {
        Some(_) => show(page!("welcome")),
        None => pages::see("/").into(),
    }
}
