//! A line echo with a thread for each client, right or with one flaw.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{mem, process, thread};

/// What is wrong with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    AnswersHalfLines,
    AnswersOneLinePerRead,
    TakesReadsForLines,
    DropsCarriageReturns,
    ReplacesInvalidUtf8,
    TakesAnyQuit,
    KnowsNoLimit,
    LimitsOneByteTooEarly,
    LimitsOnlyUnfinishedLines,
    ForgetsLinesBeforeRefusal,
    ClosesWithUnreadInput,
    SaysNoGoodbye,
    WantsBareQuit,
    AnswersAfterQuit,
    DropsTheLastLine,
    TakesLastQuit,
    KeepsConnections,
    LeaksDescriptors,
    WritesOnlyOnce,
    EndsOnErrors,
    EndsAtQuit,
    ServesOneAtATime,
    SharesItsBuffer,
    Spins,
}

const LIMIT: usize = 65_536;

/// Serves clients for ever.
pub fn serve(listener: &TcpListener, flaw: Flaw) -> io::Result<()> {
    let shared = Arc::new(Mutex::new(Vec::new()));
    loop {
        let (stream, _) = listener.accept()?;
        let shared = Arc::clone(&shared);
        if flaw == Flaw::KeepsConnections {
            mem::forget(stream.try_clone()?);
        }
        // A thousand threads with stacks of the usual size would be more than an answer may have.
        let small = thread::Builder::new().stack_size(128 << 10);
        let client = small.spawn(move || {
            let served = converse(&stream, flaw, &shared);
            if served.is_err() && flaw == Flaw::EndsOnErrors {
                process::exit(1);
            }
        })?;
        if flaw == Flaw::ServesOneAtATime {
            let _ = client.join();
        }
    }
}

fn converse(mut stream: &TcpStream, flaw: Flaw, shared: &Mutex<Vec<u8>>) -> io::Result<()> {
    let mut own = Vec::new();
    let mut chunk = vec![0; 128 * 1024];
    stream.set_nonblocking(flaw == Flaw::Spins)?;
    loop {
        let size = match stream.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            result => result?,
        };
        let mut line = if flaw == Flaw::SharesItsBuffer {
            mem::take(&mut *shared.lock().expect("no thread panics"))
        } else {
            mem::take(&mut own)
        };
        line.extend_from_slice(&chunk[..size]);
        let (output, rest, ends) = answer(&line, size == 0, flaw);
        if flaw == Flaw::WritesOnlyOnce {
            stream.set_nonblocking(true)?;
            let _ = stream.write(&output);
            stream.set_nonblocking(false)?;
        } else {
            stream.write_all(&output)?;
        }
        if ends {
            return finish(stream, size, flaw);
        }
        if flaw == Flaw::SharesItsBuffer {
            *shared.lock().expect("no thread panics") = rest;
        } else {
            own = rest;
        }
    }
}

/// The answer to `input`, what of it remains, and whether the connection ends.
fn answer(input: &[u8], at_end: bool, flaw: Flaw) -> (Vec<u8>, Vec<u8>, bool) {
    let mut output = Vec::new();
    let mut rest = input;
    while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
        let (line, behind) = rest.split_at(end + 1);
        let is_limited = flaw != Flaw::KnowsNoLimit && flaw != Flaw::LimitsOnlyUnfinishedLines;
        if is_limited && line.len() - 1 > limit(flaw) {
            break;
        }
        rest = behind;
        if is_quit(line, flaw) {
            if flaw == Flaw::EndsAtQuit {
                process::exit(0);
            }
            if flaw != Flaw::SaysNoGoodbye {
                output.extend_from_slice(b"goodbye\n");
            }
            if flaw == Flaw::AnswersAfterQuit {
                output.extend_from_slice(behind);
            }
            return (output, Vec::new(), true);
        }
        output.extend(echo(line, flaw));
        if flaw == Flaw::AnswersOneLinePerRead {
            break;
        }
    }
    let unfinished = rest
        .iter()
        .position(|&byte| byte == b'\n')
        .unwrap_or(rest.len());
    if unfinished > limit(flaw) && flaw != Flaw::KnowsNoLimit {
        if flaw == Flaw::ForgetsLinesBeforeRefusal {
            output.clear();
        }
        output.extend_from_slice(b"line too long\n");
        return (output, Vec::new(), true);
    }
    if at_end {
        match flaw {
            Flaw::DropsTheLastLine => {}
            Flaw::TakesLastQuit if rest == b"quit" => output.extend_from_slice(b"goodbye\n"),
            _ => output.extend_from_slice(rest),
        }
        return (output, Vec::new(), true);
    }
    let kept = match flaw {
        Flaw::AnswersHalfLines => {
            output.extend_from_slice(rest);
            &[]
        }
        Flaw::TakesReadsForLines => &[],
        _ => rest,
    };
    (output, kept.to_vec(), false)
}

fn limit(flaw: Flaw) -> usize {
    LIMIT - usize::from(flaw == Flaw::LimitsOneByteTooEarly)
}

fn is_quit(line: &[u8], flaw: Flaw) -> bool {
    match flaw {
        Flaw::WantsBareQuit => line == b"quit\n",
        Flaw::TakesAnyQuit => line.starts_with(b"quit"),
        _ => matches!(line, b"quit\n" | b"quit\r\n"),
    }
}

fn echo(line: &[u8], flaw: Flaw) -> Vec<u8> {
    match flaw {
        Flaw::DropsCarriageReturns => line.iter().copied().filter(|&byte| byte != b'\r').collect(),
        Flaw::ReplacesInvalidUtf8 => String::from_utf8_lossy(line).into_owned().into_bytes(),
        _ => line.to_vec(),
    }
}

/// Ends the connection so that the answer arrives.
fn finish(mut stream: &TcpStream, size: usize, flaw: Flaw) -> io::Result<()> {
    if flaw == Flaw::LeaksDescriptors {
        stream.shutdown(Shutdown::Write)?;
        mem::forget(stream.try_clone()?);
    }
    if flaw == Flaw::ClosesWithUnreadInput || size == 0 {
        return Ok(());
    }
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.shutdown(Shutdown::Write)?;
    while let Ok(1..) = stream.read(&mut [0; 16 * 1024]) {}
    Ok(())
}
