//! The line echo on tokio.

use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::pin::pin;
use std::time::Duration;

// ANCHOR: imports
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
// ANCHOR_END: imports
use tracing::trace;

use crate::buffer::with_buffer;
use crate::failure::is_unusable;
use crate::{Either, Lines, Next, Stop, select};

include!("echo.rs");
