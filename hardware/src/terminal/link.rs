//! Gets messages across: repeats on a serial line what was damaged, drops what was repeated.
//! Both sides use it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::apdu::Apdu;
use super::frame::{self, ACK, Decoder, NAK, Received};
use crate::transport::{self, Transport};

/// How messages are told apart on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framing {
    /// A serial line: frames with a checksum, each acknowledged.
    Serial,
    /// TCP, which loses nothing: messages as they are.
    Stream,
}

/// How long a serial line is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// For a frame to be acknowledged.
    pub acknowledge: Duration,
    /// Times that a frame is sent before it is given up.
    pub tries: u32,
    /// For each chunk of bytes to be taken.
    pub write: Duration,
}

/// A frame of which so long nothing came is damaged.
const GAP: Duration = Duration::from_millis(500);

/// A message that was not, or not provably, received by the other side.
#[derive(Debug, thiserror::Error)]
#[error("not sent: {error}")]
pub struct Unsent {
    /// Some of its bytes may have left.
    pub begun: bool,
    /// What went wrong.
    pub error: transport::Error,
}

/// One connection, in messages.
pub struct Link<'a> {
    wire: Box<dyn Transport + 'a>,
    framing: Framing,
    timing: Timing,
    decoder: Decoder,
    /// Bytes read and not yet looked at; over TCP, the part of a message that is there.
    bytes: Vec<u8>,
    heard_at: Instant,
    inbox: VecDeque<Apdu>,
    /// The message that came last, while nothing sent after it was acknowledged. The same one
    /// once more is a repetition then: the other side speaks again only when it has had its
    /// answer.
    latest: Option<Apdu>,
}

impl<'a> Link<'a> {
    /// Messages over a connection that is open.
    pub fn new(wire: Box<dyn Transport + 'a>, framing: Framing, timing: Timing) -> Link<'a> {
        Link {
            wire,
            framing,
            timing,
            decoder: Decoder::default(),
            bytes: Vec::new(),
            heard_at: Instant::now(),
            inbox: VecDeque::new(),
            latest: None,
        }
    }

    /// Sends a message and says how many times: more than once means that an earlier copy may
    /// have been received as well.
    ///
    /// # Errors
    /// [`Unsent`] when it was not acknowledged, or not taken at all.
    pub fn send(&mut self, apdu: &Apdu) -> Result<u32, Unsent> {
        if self.framing == Framing::Stream {
            self.write(&apdu.encode(), false)?;
            return Ok(1);
        }
        let frame = frame::encode(apdu);
        for times in 1..=self.timing.tries {
            self.write(&frame, times > 1)?;
            if self.is_acknowledged().map_err(|error| Unsent { begun: true, error })? {
                self.latest = None;
                return Ok(times);
            }
            tracing::debug!(?apdu, times, "not acknowledged");
        }
        Err(Unsent { begun: true, error: transport::Error::TimedOut })
    }

    /// Waits for a message.
    ///
    /// # Errors
    /// [`transport::Error::TimedOut`] when none came, [`transport::Error::Gone`] when none will.
    pub fn receive(&mut self, timeout: Duration) -> Result<Apdu, transport::Error> {
        let deadline = Instant::now() + timeout;
        loop {
            // What is there already is looked at first, even without any time.
            while let Some(heard) = self.hear()? {
                if let Heard::Message = heard {
                    break;
                }
            }
            if let Some(apdu) = self.inbox.pop_front() {
                return Ok(apdu);
            }
            self.read(deadline)?;
        }
    }

    /// Sends bytes that are no message.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub fn send_raw(&mut self, bytes: &[u8]) -> Result<(), Unsent> {
        self.write(bytes, false)
    }

    /// Takes bytes and answers none of them.
    ///
    /// # Errors
    /// As [`Link::receive`].
    pub fn ignore(&mut self, timeout: Duration) -> Result<(), transport::Error> {
        self.wire.read(&mut [0; 256], timeout)?;
        self.decoder.reset();
        self.bytes.clear();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], begun: bool) -> Result<(), Unsent> {
        self.wire
            .write_all(bytes, self.timing.write)
            .map_err(|cut| Unsent { begun: begun || cut.written > 0, error: cut.error })
    }

    /// Whether the other side has received what was just sent. An answer that comes without an
    /// acknowledgement says so as well.
    fn is_acknowledged(&mut self) -> Result<bool, transport::Error> {
        let deadline = Instant::now() + self.timing.acknowledge;
        let mut answered = false;
        loop {
            match self.hear()? {
                Some(Heard::Ack) => return Ok(true),
                Some(Heard::Nak) => return Ok(false),
                Some(Heard::Message) => answered = true,
                Some(Heard::Noise) => {}
                None => match self.read(deadline) {
                    Err(transport::Error::TimedOut) => return Ok(answered),
                    read => read?,
                },
            }
        }
    }

    /// Reads once. Noise that does not end is not listened to for ever.
    fn read(&mut self, deadline: Instant) -> Result<(), transport::Error> {
        let now = Instant::now();
        if now > deadline + GAP {
            return Err(transport::Error::TimedOut);
        }
        let mut buffer = [0; 256];
        match self.wire.read(&mut buffer, deadline.saturating_duration_since(now).min(GAP)) {
            Ok(n) => {
                self.bytes.extend(&buffer[..n]);
                self.heard_at = Instant::now();
                Ok(())
            }
            Err(transport::Error::TimedOut) if self.decoder.is_inside() => {
                if self.heard_at.elapsed() >= GAP {
                    self.decoder.reset();
                    self.answer(NAK)?;
                }
                if Instant::now() < deadline { Ok(()) } else { Err(transport::Error::TimedOut) }
            }
            Err(transport::Error::TimedOut) if Instant::now() < deadline => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Looks at the bytes that were read, up to the first that mean something. None when there
    /// are no more. Messages go into the inbox.
    fn hear(&mut self) -> Result<Option<Heard>, transport::Error> {
        if self.framing == Framing::Stream {
            let Some(apdu) = Apdu::take(&mut self.bytes) else { return Ok(None) };
            self.inbox.push_back(apdu);
            return Ok(Some(Heard::Message));
        }
        if self.bytes.is_empty() {
            return Ok(None);
        }
        Ok(Some(match self.decoder.push(self.bytes.remove(0)) {
            None => Heard::Noise,
            Some(Received::Ack) => Heard::Ack,
            Some(Received::Nak) => Heard::Nak,
            Some(Received::Damaged) => {
                self.answer(NAK)?;
                Heard::Noise
            }
            Some(Received::Apdu(apdu)) => {
                self.answer(ACK)?;
                if self.latest.as_ref() == Some(&apdu) {
                    Heard::Noise
                } else {
                    self.latest = Some(apdu.clone());
                    self.inbox.push_back(apdu);
                    Heard::Message
                }
            }
        }))
    }

    fn answer(&mut self, byte: u8) -> Result<(), transport::Error> {
        match self.wire.write_all(&[byte], self.timing.write) {
            Ok(()) | Err(transport::Cut { error: transport::Error::TimedOut, .. }) => Ok(()),
            Err(cut) => Err(cut.error),
        }
    }
}

enum Heard {
    Ack,
    Nak,
    Message,
    Noise,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::memory::{End, pair};

    const SOON: Duration = Duration::from_millis(50);
    const LATER: Duration = Duration::from_secs(20);
    const TIMING: Timing = Timing { acknowledge: LATER, tries: 3, write: LATER };

    fn link(acknowledge: Duration) -> (Link<'static>, End) {
        let (ours, theirs) = pair();
        let timing = Timing { acknowledge, ..TIMING };
        (Link::new(Box::new(ours), Framing::Serial, timing), theirs)
    }

    fn written(end: &mut End) -> Vec<u8> {
        let mut buffer = [0; 4_096];
        end.read(&mut buffer, Duration::ZERO).map_or(vec![], |n| buffer[..n].to_vec())
    }

    fn put(end: &mut End, bytes: &[u8]) {
        end.write_all(bytes, SOON).unwrap();
    }

    #[test]
    fn a_refused_frame_is_sent_again_and_given_up_after_the_third_time() {
        let apdu = Apdu::new(0x0501, []);
        let frame = frame::encode(&apdu);
        for (answers, times) in [
            (&[ACK][..], Some(1)),
            (&[NAK, ACK], Some(2)),
            (&[NAK, NAK, ACK], Some(3)),
            (&[NAK, NAK, NAK, ACK], None),
        ] {
            let (mut link, mut end) = link(LATER);
            put(&mut end, answers);
            assert_eq!(link.send(&apdu).ok(), times);
            assert_eq!(written(&mut end), frame.repeat(answers.len().min(3)));
        }
    }

    #[test]
    fn a_frame_that_nothing_answers_may_have_arrived() {
        let (mut link, mut end) = link(SOON);
        let unsent = link.send(&Apdu::new(0x0501, [])).unwrap_err();
        assert!(unsent.begun && matches!(unsent.error, transport::Error::TimedOut));
        assert_eq!(written(&mut end).len(), 3 * 9);
        drop(end);
        let unsent = link.send(&Apdu::new(0x0501, [])).unwrap_err();
        assert!(!unsent.begun && matches!(unsent.error, transport::Error::Gone(_)));
    }

    #[test]
    fn an_answer_without_an_acknowledgement_counts() {
        let (mut link, mut end) = link(SOON);
        let answer = Apdu::new(0x8000, []);
        put(&mut end, &frame::encode(&answer));
        assert_eq!(link.send(&Apdu::new(0x0501, [])).ok(), Some(1));
        assert_eq!(link.receive(SOON).ok(), Some(answer));
    }

    #[test]
    fn damage_is_refused_and_a_repetition_is_dropped() {
        let (mut link, mut end) = link(LATER);
        let (yes, end_of_it) = (Apdu::new(0x8000, []), Apdu::new(0x060f, []));
        let frame = frame::encode(&yes);
        let damaged = [&frame[..frame.len() - 1], &[0]].concat();
        put(&mut end, &[&damaged[..], &frame, &frame].concat());
        assert_eq!(link.receive(SOON).ok(), Some(yes.clone()));
        assert!(link.receive(SOON).is_err());
        assert_eq!(written(&mut end), [NAK, ACK, ACK]);
        // Half a frame is refused when nothing more comes.
        put(&mut end, &frame[..4]);
        assert!(link.receive(GAP * 4).is_err());
        assert_eq!(written(&mut end), [NAK]);
        // After an answer the same message is a new one.
        put(&mut end, &[ACK]);
        link.send(&end_of_it).unwrap();
        put(&mut end, &frame);
        assert_eq!(link.receive(SOON).ok(), Some(yes));
    }
}
