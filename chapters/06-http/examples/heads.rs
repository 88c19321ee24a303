//! What reading a head costs: `heads curl 1000` reads that client's head so many times, for a tool
//! that counts instructions. Two counts, divided by the difference of their runs, leave the start
//! of the program out.

use std::hint::black_box;

use ch06_http::{Event, Limits, RequestParser};

const SHORT: &str = "GET /hello.txt HTTP/1.1\r\nHost: 127.0.0.1:7000\r\n\r\n";

const CURL: &str = "GET /hello.txt HTTP/1.1\r\n\
    Host: 127.0.0.1:7000\r\n\
    User-Agent: curl/8.14.1\r\n\
    Accept: */*\r\n\r\n";

const CHROMIUM: &str = "GET /style.css HTTP/1.1\r\n\
    Host: 127.0.0.1:7000\r\n\
    Connection: keep-alive\r\n\
    sec-ch-ua-platform: \"Linux\"\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n\
    sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\n\
    sec-ch-ua-mobile: ?0\r\n\
    Accept: text/css,*/*;q=0.1\r\n\
    Sec-Fetch-Site: same-origin\r\n\
    Sec-Fetch-Mode: no-cors\r\n\
    Sec-Fetch-Dest: style\r\n\
    Referer: http://127.0.0.1:7000/\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-US,en;q=0.9\r\n\r\n";

fn main() {
    let mut options = std::env::args().skip(1);
    let head = match options.next().as_deref() {
        Some("short") => SHORT,
        Some("curl") => CURL,
        Some("chromium") => CHROMIUM,
        _ => return eprintln!("usage: heads short|curl|chromium [times]"),
    };
    let times = options
        .next()
        .and_then(|times| times.parse().ok())
        .unwrap_or(1000);
    let limits = Limits::default();
    let mut requests = RequestParser::default();
    let mut fields = 0;
    for _ in 0..times {
        if let Ok(Some((Event::Head(head), _))) = requests.next(black_box(head.as_bytes()), &limits)
        {
            fields += usize::from(black_box(&head).fields.get("if-none-match").is_none());
        }
    }
    println!("{} bytes, {fields} heads", head.len());
}
