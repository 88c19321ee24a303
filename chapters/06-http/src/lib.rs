//! An HTTP/1.1 server: a protocol as a state machine, fed bytes in any pieces.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");
