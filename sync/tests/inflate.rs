//! A change that would unpack to fifty megabytes is refused without making room for them.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};

use comptoir_sync::documents::{ChangeError, Document, Kind};

/// The system's allocator, which remembers the largest piece that it was asked for.
struct Watched;

static LARGEST: AtomicUsize = AtomicUsize::new(0);

#[expect(unsafe_code, reason = "only an allocator sees what is allocated")]
// SAFETY: everything is the system's allocator.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static WATCHED: Watched = Watched;

#[test]
fn fifty_megabytes_in_fifty_kilobytes_are_never_made() {
    let mut deflated = Vec::new();
    let text = std::io::repeat(b'a').take(50_000_000);
    flate2::read::DeflateEncoder::new(text, flate2::Compression::default())
        .read_to_end(&mut deflated)
        .unwrap();
    assert!(deflated.len() < 60_000, "{}", deflated.len());

    // Magic, a checksum, the type of a compressed chunk, its length in LEB128.
    let mut change = vec![0x85, 0x6f, 0x4a, 0x83, 1, 2, 3, 4, 2];
    let length = deflated.len();
    change.extend([length as u8 | 0x80, (length >> 7) as u8 | 0x80, (length >> 14) as u8]);
    change.extend(deflated);

    LARGEST.store(0, Ordering::Relaxed);
    let refused = Document::new(Kind::Product).take(&change);
    assert_eq!(refused, Err(ChangeError::Inflated));
    let largest = LARGEST.load(Ordering::Relaxed);
    assert!(largest < 4_000_000, "{largest} bytes at once");
}
