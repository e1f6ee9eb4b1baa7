//! The parts of a file, shared out to several threads.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ScopedJoinHandle;

use crate::error::{Error, Result};

use super::{Job, Opened, RawBatch};

/// Rows to a batch of numbers that are added up at once: the allocator keeps columns this short.
const SHORT_BATCH_ROWS: usize = 8192;

/// Shares the batches of a file out to `workers`, each on a thread of its own, in any order.
pub fn share_out<W: Send>(
    path: &Path,
    wanted: &[String],
    repeats: &[bool],
    workers: &mut [W],
    take: &(dyn Fn(&mut W, RawBatch) -> Result<()> + Sync),
) -> Result<()> {
    let opened = Opened::new(path, wanted, repeats)?;
    hand_out(&opened, workers, &|worker, _, job| {
        read(&opened, job, &mut |batch| take(worker, batch))
    })
}

/// Reads each part of a file (a row group, or some lines) into a `P` made by `new`, and gives the
/// finished ones to `take` in the order of the file: what `take` sees does not depend on `threads`.
///
/// # Errors
///
/// The error of the first part that has one; nothing after it reaches `take`.
pub fn parts<P: Send>(
    path: &Path,
    (wanted, repeats): (&[String], &[bool]),
    threads: usize,
    new: &(dyn Fn() -> P + Sync),
    add: &(dyn Fn(&mut P, RawBatch) -> Result<()> + Sync),
    take: &mut (dyn FnMut(P) -> Result<()> + Send),
) -> Result<()> {
    let opened = Opened { batch_rows: SHORT_BATCH_ROWS, ..Opened::new(path, wanted, repeats)? };
    let line = Mutex::new(Line { next: 0, waiting: BTreeMap::new(), outcome: Ok(()), take });
    let mut workers = vec![(); threads.max(1)];
    let handed = hand_out(&opened, &mut workers, &|(), number, job| {
        let mut part = new();
        let done = read(&opened, job, &mut |batch| add(&mut part, batch)).map(|()| part);
        let failed = done.is_err();
        if !held(&line).arrive(number, done) || failed {
            // Stops this worker, and with it the reading; the line has the error to report.
            return Err(Error::internal("a part of the file failed"));
        }
        Ok(())
    });
    line.into_inner().unwrap_or_else(PoisonError::into_inner).outcome.and(handed)
}

/// Parts that are finished, waiting for those before them.
struct Line<'a, P> {
    next: usize,
    waiting: BTreeMap<usize, Result<P>>,
    outcome: Result<()>,
    take: &'a mut (dyn FnMut(P) -> Result<()> + Send),
}

impl<P> Line<'_, P> {
    /// False once something has failed.
    fn arrive(&mut self, number: usize, part: Result<P>) -> bool {
        self.waiting.insert(number, part);
        while let Some(part) = self.waiting.remove(&self.next) {
            self.next += 1;
            if self.outcome.is_ok() {
                self.outcome = part.and_then(&mut *self.take);
            }
        }
        self.outcome.is_ok()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads one part, batch by batch.
fn read(opened: &Opened<'_>, job: Job, take: &mut dyn FnMut(RawBatch) -> Result<()>) -> Result<()> {
    let mut taken = Ok(());
    opened.read(job, &mut |batch| {
        taken = take(batch);
        taken.is_ok()
    })?;
    taken
}

type Queue = Mutex<Receiver<(usize, Job)>>;
type Run<'a, W> = &'a (dyn Fn(&mut W, usize, Job) -> Result<()> + Sync);

/// Gives the parts of the file with their numbers to whichever worker is free.
fn hand_out<W: Send>(opened: &Opened<'_>, workers: &mut [W], run: Run<'_, W>) -> Result<()> {
    let (sender, receiver) = sync_channel(2 * workers.len());
    let queue = Mutex::new(receiver);
    std::thread::scope(|scope| {
        let queue = &queue;
        let threads: Vec<_> = workers
            .iter_mut()
            .map(|worker| scope.spawn(move || work(queue, worker, run)))
            .collect();
        let mut number = 0;
        let cut = opened.jobs(&mut |job| {
            number += 1;
            offer(&sender, (number - 1, job), &threads)
        });
        drop(sender);
        let join = |thread: ScopedJoinHandle<'_, Result<()>>| {
            thread.join().unwrap_or_else(|_| Err(Error::internal("a reader panicked")))
        };
        let done: Vec<Result<()>> = threads.into_iter().map(join).collect();
        done.into_iter().collect::<Result<()>>().and(cut)
    })
}

fn work<W>(queue: &Queue, worker: &mut W, run: Run<'_, W>) -> Result<()> {
    loop {
        let job = held(queue).recv();
        let Ok((number, job)) = job else { return Ok(()) };
        run(worker, number, job)?;
    }
}

/// Puts a job into the queue; false once a worker has stopped, which only errors make it do.
fn offer(
    sender: &SyncSender<(usize, Job)>,
    job: (usize, Job),
    threads: &[ScopedJoinHandle<'_, Result<()>>],
) -> bool {
    let mut job = job;
    loop {
        match sender.try_send(job) {
            Ok(()) => return true,
            Err(TrySendError::Full(back)) => job = back,
            Err(TrySendError::Disconnected(_)) => return false,
        }
        if threads.iter().any(ScopedJoinHandle::is_finished) {
            return false;
        }
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
}
