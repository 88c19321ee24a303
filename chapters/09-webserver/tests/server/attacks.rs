//! What worked against the server of the documents.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::browser::Answer;
use crate::{Site, start};

#[test]
fn a_name_that_would_be_sql_is_a_name_or_none() {
    let site = start(&["--attempts", "1000"]);
    site.member("ada");
    let mut browser = site.browser();
    for name in [
        "x%27%29%2C%28%27root%27%2C%27owned",
        "ada%27--+",
        "ada%27+OR+%271%27%3D%271",
        "%22%3BDROP+TABLE+users%3B--",
    ] {
        for path in ["/register", "/login"] {
            let form = format!("user={name}&password=correct+horse");
            let status = browser.post(path, &form).status;
            assert!(matches!(status, 400 | 403), "{path} {name}: {status}");
        }
        // As a password it is one like any other.
        let form = format!("user=ada&password={name}");
        assert_eq!(browser.post("/login", &form).status, 403, "{name}");
    }
    let owned = browser.post("/login", "user=root&password=owned");
    assert_eq!(owned.status, 403);
    let form = "user=bob&password=%27%29%2C%28%27root%27%2C%27owned";
    assert_eq!(browser.post("/register", form).status, 303);
    assert_eq!(browser.post("/login", form).status, 303);
}

#[test]
fn no_length_of_name_or_password_ends_the_server() {
    let site = start(&["--attempts", "1000"]);
    let mut browser = site.browser();
    for length in [100, 900, 5_000, 16_000, 17_000, 1_000_000] {
        for path in ["/register", "/login"] {
            let long = "a".repeat(length);
            for form in [
                format!("user=ada&password={long}"),
                format!("user={long}&password=a"),
            ] {
                let mut stream = browser.begin(
                    "POST",
                    path,
                    "Content-Type: application/x-www-form-urlencoded\r\n",
                    &form[..form.len().min(20_000)],
                );
                drop(std::io::Read::read(&mut stream, &mut [0; 16]));
            }
        }
    }
    assert_eq!(browser.get("/").status, 200);
    site.server.expect_alive();
}

#[test]
fn a_form_is_taken_only_as_what_it_is() {
    let site = start(&[]);
    let mut browser = site.browser();
    let json = browser.send("POST", "/login", "Content-Type: application/json\r\n", "{}");
    assert_eq!(json.status, 415);
    for form in ["user=%zz", "user=%ff", "%=1"] {
        assert_eq!(browser.post("/login", form).status, 400, "{form}");
    }
    assert_eq!(browser.get("/logout").status, 405);
}

#[test]
fn a_page_of_another_site_can_do_nothing() {
    let site = start(&[]);
    let mut browser = site.member("ada");
    let own = std::mem::replace(
        &mut browser.fields,
        "Origin: http://evil.example\r\n".to_owned(),
    );
    let form = "user=bob&password=correct+horse&new=battery+staple";
    for path in ["/register", "/login", "/logout", "/password"] {
        assert_eq!(browser.post(path, form).status, 403, "{path}");
    }
    browser.fields = own;
    assert_eq!(browser.get("/welcome").status, 200, "still logged in");
}

#[test]
fn nothing_outside_of_the_site_is_served() {
    let site = start(&[]);
    let mut browser = site.browser();
    for path in [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/..%2fCargo.toml",
        "//etc/passwd",
    ] {
        assert!(matches!(browser.get(path).status, 400 | 404), "{path}");
    }
}

#[test]
fn each_of_several_requests_at_once_is_answered() {
    let site = start(&[]);
    let mut client = site.server.client();
    let body = "user=ada&password=correct+horse";
    let post = |path: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.send(
        [get, &post("/register"), get, &post("/login"), get]
            .concat()
            .as_bytes(),
    );
    client.finish_sending();
    let text = String::from_utf8_lossy(&client.read_to_end()).into_owned();
    let codes: Vec<&str> = text
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| &answer[..3])
        .collect();
    assert_eq!(codes, ["200", "303", "200", "303", "200"]);
}

#[test]
fn a_page_that_has_rebound_its_name_to_this_machine_gets_nothing() {
    let ask = |site: &Site, host: &str| {
        let mut stream = TcpStream::connect(site.server.address()).expect("a connection");
        let request = format!("GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        Answer::read(&answer).status
    };
    let site = start(&[]);
    assert_eq!(ask(&site, "evil.example"), 421);
    assert_eq!(ask(&site, "localhost:7000"), 200);
    let site = start(&["--public-origin", "https://example.org:8443"]);
    assert_eq!(ask(&site, "example.org:8443"), 200, "so the proxy calls it");
    assert_eq!(ask(&site, "evil.example"), 421);
}

#[test]
fn a_page_that_is_asked_for_as_webbench_does_is_that_page() {
    let site = start(&["--as-documented"]);
    for path in ["/", "/judge.html"] {
        let mut client = site.server.client();
        // HTTP/1.0: the answer ends with the connection.
        client.send(
            format!("GET {path} HTTP/1.0\r\nUser-Agent: WebBench 1.5\r\nHost: 127.0.0.1\r\n\r\n")
                .as_bytes(),
        );
        let answer = Answer::read(&client.read_to_end());
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text().contains("<title>"), "no error page: {path}");
    }
}
