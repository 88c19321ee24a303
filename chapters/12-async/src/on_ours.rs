//! The line echo on our own runtime.

use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::pin::pin;
use std::time::Duration;

use tracing::trace;

use crate::buffer::with_buffer;
use crate::failure::is_unusable;
// ANCHOR: imports
use crate::runtime::{JoinSet, TcpListener, TcpStream, sleep, timeout};
// ANCHOR_END: imports
use crate::{Either, Lines, Next, Stop, select};

include!("echo.rs");
