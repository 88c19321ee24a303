//! Which page is where.
//!
//! | path | GET | POST |
//! | --- | --- | --- |
//! | `/` | the first page; of members, `/welcome` | |
//! | `/register` | the form | makes a user, and leads to `/login` |
//! | `/login` | the form | begins a session, and leads to `/welcome` |
//! | `/logout` | | ends it, and leads to `/` |
//! | `/password` | the form | changes the password, and ends the user's other sessions |
//! | `/welcome`, `/picture`, `/video`, `/fans`, `/media/…` | for members | |
//!
//! A form that was taken leads to another page by 303, so that a reload doesn't send it again. One that wasn't
//! is shown again, with what is wrong.

use http::{Call, Method, Reply, Response, Route, Status};

use crate::app::App;
use crate::form::{FORM, Form};
use crate::session::seconds_now;
use crate::{Done, Job, Name, Password, pages};

/// The routes, in their up-to-date form.
#[must_use]
pub fn routes() -> Vec<Route<App>> {
    vec![
        Route::new(Method::Get, "/", home),
        Route::new(Method::Get, "/register", |_, _| {
            pages::register(Status::OK, "", None).into()
        }),
        Route::new(Method::Post, "/register", register).taking(FORM),
        Route::new(Method::Get, "/login", log_in_form),
        Route::new(Method::Post, "/login", log_in).taking(FORM),
        Route::new(Method::Post, "/logout", log_out),
        Route::new(Method::Get, "/password", password_form),
        Route::new(Method::Post, "/password", change_password).taking(FORM),
        Route::new(Method::Get, "/welcome", |app, call| {
            members(app, call, pages::welcome)
        }),
        Route::new(Method::Get, "/picture", |app, call| {
            members(app, call, pages::picture)
        }),
        Route::new(Method::Get, "/video", |app, call| {
            members(app, call, pages::video)
        }),
        Route::new(Method::Get, "/fans", |app, call| {
            members(app, call, pages::fans)
        }),
        Route::new(Method::Get, "/media/pool.svg", media),
        Route::new(Method::Get, "/media/loop.webm", media),
    ]
}

fn home(app: &mut App, call: &mut Call<'_>) -> Reply {
    match app.session(call) {
        Some(_) => pages::see("/welcome").into(),
        None => pages::home().into(),
    }
}

/// A page for members; others are sent to log in.
fn members(app: &mut App, call: &mut Call<'_>, page: fn(&Name) -> Response) -> Reply {
    match app.session(call) {
        Some((_, session)) => page(&session.name).into(),
        None => pages::see("/login").into(),
    }
}

/// A file for members, or a part of it.
fn media(app: &mut App, call: &mut Call<'_>) -> Reply {
    match app.session(call) {
        Some(_) => Reply::file(call.head.target.path()),
        None => pages::error(Status::FORBIDDEN, "This is for members. Log in first.").into(),
    }
}

fn register(app: &mut App, call: &mut Call<'_>) -> Reply {
    app.ask(
        call,
        |app, call| {
            let form = posted(app, call)?;
            registration(app, call, &form, |why| {
                pages::register(Status::BAD_REQUEST, form.get("user"), Some(why))
            })
        },
        |_, call, done| {
            if matches!(done, Done::Registered) {
                return pages::see("/login?registered");
            }
            let name = Form::read(call).map(|form| form.get("user").to_owned());
            let why = "This name is taken. Choose another one.";
            pages::register(Status::CONFLICT, &name.unwrap_or_default(), Some(why))
        },
    )
}

fn log_in_form(app: &mut App, call: &mut Call<'_>) -> Reply {
    if app.session(call).is_some() {
        return pages::see("/welcome").into();
    }
    let new = call.head.target.query() == Some(b"registered");
    pages::log_in(Status::OK, "", None, new).into()
}

fn log_in(app: &mut App, call: &mut Call<'_>) -> Reply {
    app.ask(
        call,
        |app, call| {
            let form = posted(app, call)?;
            login(app, call, &form, || wrong(form.get("user")))
        },
        |app, call, done| match done {
            Done::LoggedIn { token, session, .. } => {
                app.succeeded(call, &session.name);
                pages::see("/welcome").field("Set-Cookie", app.front.set_cookie(Some(&token)))
            }
            _ => wrong(
                Form::read(call)
                    .as_ref()
                    .map_or("", |form| form.get("user")),
            ),
        },
    )
}

/// One answer for a wrong name and for a wrong password.
fn wrong(name: &str) -> Response {
    let why = "The name or the password is wrong.";
    pages::log_in(Status::FORBIDDEN, name, Some(why), false)
}

fn log_out(app: &mut App, call: &mut Call<'_>) -> Reply {
    app.ask(
        call,
        |app, call| {
            check_origin(app, call)?;
            match app.session(call) {
                Some((key, _)) => Ok(Job::LogOut { key }),
                None => Err(left(app)),
            }
        },
        |app, _, _| left(app),
    )
}

/// There is no session any more.
fn left(app: &App) -> Response {
    pages::see("/").field("Set-Cookie", app.front.set_cookie(None))
}

fn password_form(app: &mut App, call: &mut Call<'_>) -> Reply {
    let changed = call.head.target.query() == Some(b"changed");
    match app.session(call) {
        Some((_, session)) => pages::password(Status::OK, &session.name, None, changed).into(),
        None => pages::see("/login").into(),
    }
}

fn change_password(app: &mut App, call: &mut Call<'_>) -> Reply {
    app.ask(
        call,
        |app, call| {
            let form = posted(app, call)?;
            let Some((_, session)) = app.session(call) else {
                return Err(pages::see("/login"));
            };
            let name = session.name;
            let new = Password::new(form.get("new")).map_err(|why| {
                pages::password(Status::BAD_REQUEST, &name, Some(&why.to_string()), false)
            })?;
            app.attempt(call, Some(&name))?;
            let (old, now) = (Password::typed(form.get("password")), seconds_now());
            Ok(Job::ChangePassword {
                name,
                old,
                new,
                now,
            })
        },
        |app, call, done| match (done, app.session(call)) {
            (Done::PasswordChanged { token, session }, _) => {
                app.succeeded(call, &session.name);
                pages::see("/password?changed")
                    .field("Set-Cookie", app.front.set_cookie(Some(&token)))
            }
            (_, Some((_, session))) => {
                let why = "Your password is wrong.";
                pages::password(Status::FORBIDDEN, &session.name, Some(why), false)
            }
            (_, None) => pages::see("/login"),
        },
    )
}

/// The form that one of our pages has sent.
pub(crate) fn posted(app: &App, call: &Call<'_>) -> Result<Form, Response> {
    check_origin(app, call)?;
    Form::read(call).map_err(pages::secured)
}

fn check_origin(app: &App, call: &Call<'_>) -> Result<(), Response> {
    if app.front.may_change(&call.head) {
        return Ok(());
    }
    let why = "This was sent by a page of another site.";
    Err(pages::error(Status::FORBIDDEN, why))
}

/// The job that a form for a new user asks for.
pub(crate) fn registration(
    app: &mut App,
    call: &mut Call<'_>,
    form: &Form,
    unfit: impl Fn(&str) -> Response,
) -> Result<Job, Response> {
    let name = Name::new(form.get("user")).map_err(|why| unfit(&why.to_string()))?;
    let password = Password::new(form.get("password")).map_err(|why| unfit(&why.to_string()))?;
    app.attempt(call, None)?;
    Ok(Job::Register { name, password })
}

/// The job that a form to log in asks for.
pub(crate) fn login(
    app: &mut App,
    call: &mut Call<'_>,
    form: &Form,
    wrong: impl Fn() -> Response,
) -> Result<Job, Response> {
    // What is no name is no user's, so there is nothing that the time could tell.
    let name = Name::new(form.get("user")).map_err(|_| wrong())?;
    let now = seconds_now();
    app.has_room(now)?;
    app.attempt(call, Some(&name))?;
    let former = app.session(call).map(|(key, _)| key);
    let password = Password::typed(form.get("password"));
    Ok(Job::LogIn {
        name,
        password,
        former,
        now,
    })
}
