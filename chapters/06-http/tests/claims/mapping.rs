//! A file that is sent from a mapping, as document 000 does it (claim C071, bug B05).
#![expect(
    unsafe_code,
    reason = "a mapping may change under its owner, so mmap has no safe wrapper"
)]

use std::ffi::c_void;
use std::fs::File;
use std::num::NonZero;
use std::os::fd::AsFd;
use std::ptr::NonNull;

use harness::experiment::pair;
use nix::errno::Errno;
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::unistd::write;

use crate::files::directory;

const LENGTH: usize = 8192;

/// The first bytes of a file, mapped; gone when dropped.
struct Mapping(NonNull<c_void>);

impl Mapping {
    fn new(file: &File) -> Self {
        let length = NonZero::new(LENGTH).unwrap();
        let (read, private) = (ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE);
        // SAFETY: a new mapping, at an address of the kernel's choice, replaces none.
        Self(unsafe { mmap(None, length, read, private, file, 0) }.unwrap())
    }

    /// Hands all of it to the kernel; how much that took.
    fn write_to(&self, socket: impl AsFd) -> nix::Result<usize> {
        // SAFETY: it is mapped for as long as `self` lives, and read by the kernel alone, which
        // checks each page. Nothing here touches the file meanwhile.
        write(socket, unsafe {
            std::slice::from_raw_parts(self.0.as_ptr().cast(), LENGTH)
        })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped by `new`, with this length, and nobody has a reference into it.
        unsafe { munmap(self.0, LENGTH) }.unwrap();
    }
}

#[test]
fn c071_from_the_mapping_of_a_file_cut_short_nothing_can_be_written() {
    let directory = directory();
    let path = directory.write("page", [b'x'; LENGTH]);
    let mapping = Mapping::new(&File::open(&path).unwrap());
    let (_client, server) = pair();
    assert_eq!(mapping.write_to(&server), Ok(LENGTH));
    File::create(&path).unwrap(); // as `: > page` does
    assert_eq!(mapping.write_to(&server), Err(Errno::EFAULT));
}

/// A shared mapping for writing, of a file that was opened for reading.
#[test]
fn c071_the_protection_must_fit_the_way_the_file_was_opened() {
    let directory = directory();
    let file = File::open(directory.write("page", [b'x'; LENGTH])).unwrap();
    let length = NonZero::new(LENGTH).unwrap();
    let map = |protection, flags| {
        // SAFETY: a new mapping, at an address of the kernel's choice, replaces none.
        unsafe { mmap(None, length, protection, flags, &file, 0) }
    };
    let write = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    assert_eq!(map(write, MapFlags::MAP_SHARED), Err(Errno::EACCES));
    let private = map(write, MapFlags::MAP_PRIVATE).unwrap();
    // SAFETY: mapped just now, with this length, and nothing refers to it.
    unsafe { munmap(private, LENGTH) }.unwrap();
}

#[test]
fn c071_a_private_write_stays_out_of_the_file_and_address_0_lets_the_kernel_choose() {
    let directory = directory();
    let path = directory.write("page", [b'x'; LENGTH]);
    let file = File::open(&path).unwrap();
    let length = NonZero::new(LENGTH).unwrap();
    let write = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: a new mapping, at an address of the kernel's choice, replaces none.
    let map = || unsafe { mmap(None, length, write, MapFlags::MAP_PRIVATE, &file, 0) }.unwrap();
    let (one, other) = (map(), map());
    assert_ne!(one, other, "two places of the kernel's choice");
    // SAFETY: mapped for reading and writing, and this is the only reference into it.
    unsafe { one.cast::<u8>().write(b'y') };
    // SAFETY: as above.
    assert_eq!(unsafe { one.cast::<u8>().read() }, b'y');
    assert_eq!(std::fs::read(&path).unwrap(), [b'x'; LENGTH]);
    for place in [one, other] {
        // SAFETY: mapped above, with this length, and nothing refers to it any more.
        unsafe { munmap(place, LENGTH) }.unwrap();
    }
}
