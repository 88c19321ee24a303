//! The pages and paths of the documents (S05).

use crate::start;

fn title(page: &str) -> &str {
    let start = page.find("<title>").map_or(0, |at| at + 7);
    &page[start..page.find("</title>").unwrap_or(start)]
}

#[test]
fn all_eight_routes_lead_to_their_pages() {
    let site = start(&["--as-documented"]);
    let mut browser = site.browser();
    let form = "user=ada&password=correct+horse";
    let judge = browser.get("/");
    assert!(judge.text().contains("action=\"0\"") && judge.text().contains("action=\"1\""));
    for (path, form, expected, part) in [
        ("/0", "", "Register", "action=\"3CGISQL.cgi\""),
        ("/3CGISQL.cgi", form, "Log in", "action=\"2CGISQL.cgi\""),
        ("/3CGISQL.cgi", form, "Register", "This name is taken"),
        ("/1", "", "Log in", "action=\"2CGISQL.cgi\""),
        (
            "/2CGISQL.cgi",
            "user=ada&password=wrong",
            "Log in",
            "is wrong",
        ),
        ("/2CGISQL.cgi", form, "Welcome", "action=\"7\""),
        ("/5", "", "Picture", "/media/pool.svg"),
        ("/6", "", "Video", "/media/loop.webm"),
        ("/7", "", "Fans", "chapter 09"),
    ] {
        let answer = browser.post(path, form);
        assert_eq!(
            (answer.status, title(&answer.text())),
            (200, expected),
            "{path}"
        );
        assert!(answer.text().contains(part), "{path}");
    }
    assert_eq!(browser.get("/media/loop.webm").status, 200);
}

#[test]
fn each_page_has_its_name_and_the_welcome_page_is_for_members() {
    let site = start(&["--as-documented"]);
    let mut browser = site.browser();
    for name in [
        "judge",
        "register",
        "registerError",
        "log",
        "logError",
        "picture",
        "video",
        "fans",
    ] {
        assert_eq!(browser.get(&format!("/{name}.html")).status, 200, "{name}");
    }
    let refused = browser.get("/welcome.html");
    assert_eq!((refused.status, refused.location()), (303, "/"));
    let form = "user=ada&password=correct+horse";
    browser.post("/3CGISQL.cgi", form);
    browser.post("/2CGISQL.cgi", form);
    assert_eq!(browser.get("/welcome.html").status, 200);
}
