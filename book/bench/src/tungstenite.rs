//! An echo server of tokio-tungstenite, as its own example has it, on one thread: what comes is
//! forwarded to where it came from, and written once no more is there.

use std::io;

use futures_util::{StreamExt, TryStreamExt, future};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Error;

fn main() -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on {}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(serve(stream));
        }
    })
}

async fn serve(stream: TcpStream) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let (back, messages) = accept_async(stream).await?.split();
    messages
        .try_filter(|message| future::ready(message.is_text() || message.is_binary()))
        .forward(back)
        .await
}
