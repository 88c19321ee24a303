//! Registering, logging in and out, and what is for members.

use crate::start;

const MEMBERS: [&str; 4] = ["/welcome", "/picture", "/video", "/fans"];

#[test]
fn a_user_registers_logs_in_sees_what_is_for_members_and_logs_out() {
    let site = start(&[]);
    let mut browser = site.member("Ada");
    for path in MEMBERS {
        let page = browser.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text().contains("<span>ada</span>"), "{path}");
    }
    let video = browser.send("GET", "/media/loop.webm", "Range: bytes=0-3\r\n", "");
    assert_eq!(
        (video.status, &video.content[..]),
        (206, &b"\x1a\x45\xdf\xa3"[..])
    );
    assert_eq!(browser.get("/").location(), "/welcome");
    let cookie = browser.cookie.clone();
    let answer = browser.post("/logout", "");
    assert_eq!((answer.status, answer.location()), (303, "/"));
    assert_eq!(browser.cookie, None);
    browser.cookie = cookie; // whoever has kept it has nothing
    assert_eq!(browser.get("/welcome").location(), "/login");
}

#[test]
fn what_is_for_members_is_for_nobody_else() {
    let site = start(&[]);
    let mut browser = site.browser();
    for path in MEMBERS {
        let answer = browser.get(path);
        assert_eq!(
            (answer.status, answer.location()),
            (303, "/login"),
            "{path}"
        );
    }
    for path in ["/media/loop.webm", "/media/pool.svg"] {
        assert_eq!(browser.get(path).status, 403, "{path}");
    }
    for path in [
        "/welcome.html",
        "/media/",
        "/users.db",
        "/documented/welcome.html",
    ] {
        assert_eq!(browser.get(path).status, 404, "{path}");
    }
    // Once a member has got it, it is at hand: but not for others.
    site.member("ada").get("/media/pool.svg");
    assert_eq!(browser.get("/media/pool.svg").status, 403);
    assert_eq!(browser.get("/media%2fpool.svg").status, 400);
    assert_eq!(browser.get("/medi%61/pool.svg").status, 403);
}

#[test]
fn a_wrong_form_is_shown_again_with_what_is_wrong() {
    let site = start(&[]);
    let mut browser = site.browser();
    for (form, status, why) in [
        (
            "user=&password=correct+horse",
            400,
            "A name has 1 to 40 characters.",
        ),
        ("user=a%00b&password=correct+horse", 400, "letters, digits"),
        ("user=bob&password=short", 400, "at least 8 characters"),
        ("", 400, "A name has 1 to 40 characters."),
    ] {
        let answer = browser.post("/register", form);
        assert_eq!(answer.status, status, "{form}");
        assert!(answer.text().contains(why), "{form}: {}", answer.text());
    }
    let answer = browser.post("/register", "user=%3Cb%3E&password=correct+horse");
    assert!(
        answer.text().contains("value=\"&lt;b&gt;\""),
        "{}",
        answer.text()
    );
}

#[test]
fn a_taken_name_is_409_and_a_wrong_password_is_like_a_wrong_name() {
    let site = start(&[]);
    site.member("ada");
    let mut browser = site.browser();
    let taken = browser.post("/register", "user=ADA&password=battery+staple");
    assert_eq!(taken.status, 409);
    assert!(taken.text().contains("This name is taken"));
    let wrong = browser.post("/login", "user=ada&password=battery+staple");
    let unknown = browser.post("/login", "user=bob&password=battery+staple");
    assert_eq!((wrong.status, unknown.status), (403, 403));
    assert_eq!(wrong.text().replace("ada", "bob"), unknown.text());
    assert_eq!(browser.cookie, None);
}

#[test]
fn another_password_logs_out_everywhere_else() {
    let site = start(&[]);
    let mut here = site.member("ada");
    let mut there = site.browser();
    there.post("/login", "user=ada&password=correct+horse");
    assert_eq!(there.get("/welcome").status, 200);
    let form = "password=wrong&new=battery+staple";
    assert_eq!(here.post("/password", form).status, 403);
    assert_eq!(there.get("/welcome").status, 200);
    let form = "password=correct+horse&new=battery+staple";
    let changed = here.post("/password", form);
    assert_eq!(changed.location(), "/password?changed");
    assert_eq!(here.get("/welcome").status, 200);
    assert_eq!(there.get("/welcome").status, 303);
    assert_eq!(there.post("/password", form).location(), "/login");
    let old = there.post("/login", "user=ada&password=correct+horse");
    assert_eq!(old.status, 403);
}

#[test]
fn a_login_gives_a_new_cookie_and_ends_the_old_one() {
    let site = start(&[]);
    let mut browser = site.member("ada");
    let old = browser.cookie.clone();
    browser.post("/login", "user=ada&password=correct+horse");
    assert_ne!(browser.cookie, old);
    assert_eq!(browser.get("/welcome").status, 200);
    browser.cookie = old;
    assert_eq!(browser.get("/welcome").status, 303);
}

#[test]
fn pages_are_neither_stored_nor_framed() {
    let site = start(&[]);
    let mut browser = site.member("ada");
    for path in ["/", "/login", "/register", "/welcome", "/password"] {
        let page = browser.get(path);
        assert_eq!(page.field("Cache-Control"), Some("no-store"), "{path}");
        let policy = page.field("Content-Security-Policy").unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
    }
}

#[test]
fn over_https_cookie_and_origin_are_those_of_the_proxy() {
    let options = [
        "--proxy",
        "127.0.0.1",
        "--public-origin",
        "https://example.org",
    ];
    let site = start(&options);
    let mut browser = site.browser();
    let form = "user=ada&password=correct+horse";
    assert_eq!(
        browser.post("/register", form).status,
        403,
        "that is another origin now"
    );
    browser.fields = "Origin: https://example.org\r\n".to_owned();
    assert_eq!(browser.post("/register", form).status, 303);
    let answer = browser.post("/login", form);
    let cookie = answer.field("Set-Cookie").expect("a cookie");
    assert!(cookie.starts_with("__Host-session="), "{cookie}");
    assert!(cookie.contains("; Secure;"), "{cookie}");
    assert_eq!(answer.location(), "/welcome");
    assert_eq!(browser.get("/welcome").status, 200);
}

#[test]
fn guessing_is_paced_and_the_user_elsewhere_is_not() {
    let site = start(&["--proxy", "127.0.0.1"]);
    site.member("ada");
    let mut attacker = site.browser();
    attacker.fields += "X-Forwarded-For: 192.0.2.1\r\n";
    let mut guess =
        |number: usize| attacker.post("/login", &format!("user=ada&password=guess-{number}"));
    for number in 0..5 {
        assert_eq!(guess(number).status, 403, "{number}");
    }
    let refused = guess(5);
    assert_eq!(refused.status, 429);
    let wait: u64 = refused
        .field("Retry-After")
        .and_then(|text| text.parse().ok())
        .expect("a time");
    assert!((1..=11).contains(&wait), "{wait}");
    let mut user = site.browser();
    user.fields += "X-Forwarded-For: 192.0.2.1, 198.51.100.1\r\n"; // the last counts
    assert_eq!(
        user.post("/login", "user=ada&password=correct+horse")
            .status,
        303
    );
}
