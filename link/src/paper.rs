//! What is said to a neighbour about print jobs, on one line: each thing once, until its answer makes it worth
//! saying again. A line that breaks forgets all of it, and the next one begins anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use comptoir_sync::entry::DeviceId;
use comptoir_sync::replication::paper::{
    Asked, How, JobAt, JobId, MOST_JOBS, PrintJob, Printer, Wish, Word,
};
use comptoir_till::error::Result;
use comptoir_till::outbox::given::{self, ToSay};
use comptoir_till::outbox::taken;
use comptoir_till::till::Till;

/// What has been said on one line.
#[derive(Default)]
pub(crate) struct Said {
    printer: Option<Printer>,
    /// The other side knows these words: it has said how its printer is.
    understood: bool,
    printed: BTreeSet<JobId>,
    asked: BTreeSet<(JobId, u32)>,
    told: Option<BTreeMap<JobId, How>>,
    /// There is something to say that the other side may not understand.
    unsaid: bool,
    /// Jobs of which the other side has not said yet how far they are.
    unanswered: BTreeSet<JobId>,
}

impl Said {
    /// What is to be said now.
    pub(crate) fn words(&mut self, printer: Printer, say: ToSay, taken: &[JobAt]) -> Vec<Word> {
        let mut words = Vec::new();
        if self.printer.replace(printer) != Some(printer) {
            words.push(Word::Printer(printer));
        }
        let nothing = say.print.is_empty() && say.ask.is_empty();
        self.unsaid = !self.understood && !nothing;
        if !self.understood {
            return words;
        }
        let print = say.print.into_iter().filter(|job| self.printed.insert(job.id));
        let print: Vec<PrintJob> = print.collect();
        let ask = say.ask.into_iter().filter(|job| self.asked.insert((job.id, job.wish.number())));
        let ask: Vec<Asked> = ask.collect();
        self.unanswered.extend(print.iter().map(|job| job.id).chain(ask.iter().map(|job| job.id)));
        words.extend(in_parts(print, Word::Print));
        words.extend(in_parts(ask, Word::Ask));
        let now: BTreeMap<JobId, How> = taken.iter().map(|job| (job.id, job.how)).collect();
        // What became of a job before this line began is asked for by whoever wants to know.
        if let Some(told) = &self.told {
            let news = |job: &&JobAt| told.get(&job.id) != Some(&job.how);
            words.extend(in_parts(taken.iter().rev().filter(news).copied().collect(), Word::Jobs));
        }
        self.told = Some(now);
        words
    }

    /// The other side said something.
    pub(crate) fn heard(&mut self, word: &Word) {
        match word {
            Word::Printer(_) => self.understood = true,
            Word::Jobs(jobs) => {
                for job in jobs {
                    self.unanswered.remove(&job.id);
                }
                // What was being printed when it was asked back, and was not printed then, is asked back again.
                for job in jobs.iter().filter(|job| matches!(job.how, How::Waiting | How::Unknown))
                {
                    for wish in [Wish::GiveBack, Wish::Forget] {
                        self.asked.remove(&(job.id, wish.number()));
                    }
                }
            }
            Word::Print(_) | Word::Ask(_) => {}
        }
    }

    /// All that there was to say is said, and answered.
    pub(crate) fn is_answered(&self) -> bool {
        !self.unsaid && self.unanswered.is_empty()
    }
}

fn in_parts<T: Clone>(all: Vec<T>, word: fn(Vec<T>) -> Word) -> impl Iterator<Item = Word> {
    let parts: Vec<Vec<T>> = all.chunks(MOST_JOBS).map(<[T]>::to_vec).collect();
    parts.into_iter().map(word)
}

/// What came of a neighbour's word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    /// What is answered.
    pub answer: Option<Word>,
    /// Something in the outbox is not as it was.
    pub news: bool,
}

/// Does what a neighbour says about print jobs, and has it on disk before it is answered.
pub fn hear(till: &mut Till, from: DeviceId, printer: Printer, word: Word) -> Result<Heard> {
    let answer = match word {
        Word::Printer(_) => return Ok(Heard::default()),
        Word::Jobs(jobs) => {
            let news = given::heard(till, from, &jobs)?;
            return Ok(Heard { answer: None, news });
        }
        Word::Print(jobs) => taken::take_in(till, from, printer, &jobs)?,
        Word::Ask(jobs) => taken::asked(till, from, &jobs)?,
    };
    Ok(Heard { answer: Some(Word::Jobs(answer)), news: true })
}

/// A till of the store that is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// The device.
    pub device: DeviceId,
    /// How its printer is; none if it says nothing about printers, as older versions do.
    pub printer: Option<Printer>,
}

/// The tills of the store that are connected.
#[derive(Default)]
pub(crate) struct Neighbours {
    printers: Mutex<BTreeMap<DeviceId, Option<Printer>>>,
}

impl Neighbours {
    /// Answers whether that is news.
    pub(crate) fn set(&self, device: DeviceId, printer: Option<Printer>) -> bool {
        self.printers().insert(device, printer) != Some(printer)
    }

    /// Answers whether it was there.
    pub(crate) fn gone(&self, device: DeviceId) -> bool {
        self.printers().remove(&device).is_some()
    }

    pub(crate) fn all(&self) -> Vec<Neighbour> {
        let printers = self.printers();
        printers.iter().map(|(&device, &printer)| Neighbour { device, printer }).collect()
    }

    fn printers(&self) -> std::sync::MutexGuard<'_, BTreeMap<DeviceId, Option<Printer>>> {
        self.printers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comptoir_sync::replication::paper::{Paper, PrinterState};

    const READY: Printer = Printer { state: PrinterState::Ready };

    fn say(wish: Option<Wish>) -> ToSay {
        let id = [1; 16];
        match wish {
            Some(wish) => ToSay { print: Vec::new(), ask: vec![Asked { id, wish }] },
            None => {
                let (name, document) = ("RDC2-1-4".to_owned(), "[]".to_owned());
                let job = PrintJob { id, what: Paper::Receipt, name, document };
                ToSay { print: vec![job], ask: Vec::new() }
            }
        }
    }

    fn at(how: How) -> JobAt {
        JobAt { id: [1; 16], how, why: None }
    }

    #[test]
    fn an_older_neighbour_is_given_nothing() {
        let mut said = Said::default();
        assert_eq!(said.words(READY, ToSay::default(), &[]), [Word::Printer(READY)]);
        assert!(said.is_answered(), "there was nothing to say");
        assert_eq!(said.words(READY, say(None), &[]), [], "nothing of it is understood there");
        assert!(!said.is_answered());
        said.heard(&Word::Printer(Printer::NONE));
        assert_eq!(said.words(READY, say(None), &[]), [Word::Print(say(None).print)]);
        assert_eq!(said.words(READY, say(None), &[]), [], "once on a line");
        assert!(!said.is_answered());
        said.heard(&Word::Jobs(vec![at(How::Waiting)]));
        assert!(said.is_answered());
    }

    #[test]
    fn what_was_asked_back_while_it_was_being_printed_is_asked_back_again_if_it_was_not() {
        let mut said = Said::default();
        said.words(READY, ToSay::default(), &[]);
        said.heard(&Word::Printer(READY));
        let back = say(Some(Wish::GiveBack));
        assert_eq!(said.words(READY, back.clone(), &[]), [Word::Ask(back.ask.clone())]);
        said.heard(&Word::Jobs(vec![at(How::Printing)]));
        assert_eq!(said.words(READY, back.clone(), &[]), []);
        said.heard(&Word::Jobs(vec![at(How::Waiting)]));
        assert_eq!(said.words(READY, back.clone(), &[]), [Word::Ask(back.ask.clone())]);
        // A mere question is answered once: its answer says that it waits.
        let tell = say(Some(Wish::Tell));
        assert_eq!(said.words(READY, tell.clone(), &[]), [Word::Ask(tell.ask.clone())]);
        said.heard(&Word::Jobs(vec![at(How::Waiting)]));
        assert_eq!(said.words(READY, tell, &[]), []);
    }

    #[test]
    fn what_becomes_of_a_job_is_told_as_it_happens_in_words_that_are_short_enough() {
        let mut said = Said::default();
        said.heard(&Word::Printer(READY));
        let many: Vec<JobAt> =
            (0..50).map(|n| JobAt { id: [n; 16], how: How::Waiting, why: None }).collect();
        assert_eq!(said.words(READY, ToSay::default(), &many), [Word::Printer(READY)]);
        assert_eq!(said.words(READY, ToSay::default(), &many), []);
        let printed: Vec<JobAt> =
            many.iter().map(|job| JobAt { how: How::Printed, ..*job }).collect();
        let words = said.words(READY, ToSay::default(), &printed);
        let lengths = words.iter().map(|word| match word {
            Word::Jobs(jobs) => jobs.len(),
            _ => 0,
        });
        assert_eq!(lengths.collect::<Vec<_>>(), [20, 20, 10]);
        let paper = Printer { state: PrinterState::PaperOut };
        assert_eq!(said.words(paper, ToSay::default(), &printed), [Word::Printer(paper)]);
    }
}
