//! The emails that a contact receives, and what comes of them.

use super::browsing::Visit;
use super::calendar::DAY_S;
use super::campaign::WELCOME_DELAYS_S;
use super::event::{Assignment, Cause, Event, Kind, Origin};
use super::experiment::{BROKEN_SPLIT, Experiment, LOST_SHARE, Response, SEND_HOURS, SEND_TIME};
use super::life::Life;

const SOFT_BOUNCE: f64 = 0.006;
const HARD_BOUNCE: f64 = 0.0004;
const COMPLAINT_PER_OPEN: f64 = 0.0003;
/// Share of emails whose pictures Apple loads for its privacy users.
const APPLE_OPEN: f64 = 0.92;
/// Share of emails that a company's scanner follows.
const SCAN: f64 = 0.5;
/// Share of opens soon after delivery; the others wait for the reader's own hour.
const READ_AT_ONCE: f64 = 0.4;

/// One email on its way to one contact.
struct Mail {
    sent_t: i64,
    origin: Origin,
    rates: Response,
    trial: Option<Trial>,
}

/// The experiment that an email is part of.
struct Trial {
    experiment: &'static Experiment,
    arm: usize,
    assigned_t: i64,
    logged: bool,
}

impl Life<'_> {
    /// All emails in order of time, so that an unsubscribe stops the later ones; between them the turn.
    pub(super) fn receive(&mut self) {
        let mut mails = if self.contact.consented { self.mails() } else { Vec::new() };
        mails.sort_by_key(|mail| mail.sent_t);
        let is_before = |mail: &Mail| self.turn.is_none_or(|turn| mail.sent_t < turn.t);
        let (before, after) = mails.split_at(mails.partition_point(is_before));
        self.receive_all(before);
        if let Some(turn) = self.turn {
            self.turn_over(turn);
        }
        self.receive_all(after);
    }

    fn receive_all(&mut self, mails: &[Mail]) {
        for mail in mails {
            self.enroll(mail);
            if !self.suppressed_at(mail.sent_t) {
                self.send(mail);
            }
        }
    }

    fn mails(&mut self) -> Vec<Mail> {
        let shop = self.shop;
        let created_t = self.contact.created_t;
        let mut welcomes = WELCOME_DELAYS_S.into_iter();
        let mut mails = Vec::with_capacity(64);
        for (index, campaign) in shop.campaigns.iter().enumerate() {
            // The platform's queue takes up to twenty minutes.
            let queue_s = self.dice.whole(0, 1200);
            let Some(base_t) = campaign.sent_t else {
                let delay_s = welcomes.next().unwrap_or(0);
                mails.push(self.plain(index, created_t + delay_s));
                continue;
            };
            match campaign.experiment {
                _ if base_t - 2 * DAY_S < created_t => {}
                None => mails.push(self.plain(index, base_t + queue_s)),
                Some(experiment) => mails.push(self.tried(index, experiment, base_t, queue_s)),
            }
        }
        mails.retain(|mail| mail.sent_t < shop.calendar.end_s());
        mails
    }

    fn plain(&self, campaign: usize, sent_t: i64) -> Mail {
        let origin = Origin { campaign: campaign as u16, variant: None };
        Mail { sent_t, origin, rates: self.persona_at(sent_t).response(), trial: None }
    }

    /// An email of an experiment: draws the arm, and whether the log keeps it.
    fn tried(
        &mut self,
        campaign: usize,
        experiment: &'static Experiment,
        base_t: i64,
        queue_s: i64,
    ) -> Mail {
        let arm = self.dice.whole(0, experiment.arms.len() as i64) as usize;
        let lost = self.dice.chance(LOST_SHARE) && arm == 1 && experiment.id == BROKEN_SPLIT.id;
        let sent_t = match experiment.id == SEND_TIME.id {
            true => self.at_local_hour(base_t, SEND_HOURS[arm]) + queue_s / 4,
            false => base_t + queue_s,
        };
        let variant = (!lost).then_some(experiment.arms[arm]);
        let trial = Trial { experiment, arm, assigned_t: base_t - DAY_S, logged: !lost };
        Mail {
            sent_t,
            origin: Origin { campaign: campaign as u16, variant },
            rates: self.persona_at(sent_t).response_to(experiment, arm),
            trial: Some(trial),
        }
    }

    fn at_local_hour(&self, base_t: i64, hour: u8) -> i64 {
        let day = base_t.div_euclid(DAY_S);
        self.shop.calendar.utc(self.contact.zone, day, i64::from(hour) * 3600)
    }

    fn suppressed_at(&self, t: i64) -> bool {
        self.suppressed_t.is_some_and(|suppressed_t| suppressed_t <= t)
    }

    /// Everyone on the list at the assignment is in the experiment, even if the email never left.
    fn enroll(&mut self, mail: &Mail) {
        let Some(trial) = &mail.trial else { return };
        if !trial.logged || self.suppressed_at(trial.assigned_t) {
            return;
        }
        self.assignments.push(Assignment {
            experiment: trial.experiment.id,
            variant: trial.experiment.arms[trial.arm],
            assigned_t: trial.assigned_t,
            sent_t: (!self.suppressed_at(mail.sent_t)).then_some(mail.sent_t),
        });
    }

    fn send(&mut self, mail: &Mail) {
        let origin = Some(mail.origin);
        self.note(mail.sent_t, Kind::Sent, origin);
        let fate = self.dice.uniform();
        let arrived_t = mail.sent_t + self.dice.whole(1, 30);
        if fate < SOFT_BOUNCE + HARD_BOUNCE {
            self.note(arrived_t, Kind::Bounced, origin);
            if fate < HARD_BOUNCE && self.suppressed_t.is_none() {
                self.suppressed_t = Some(arrived_t);
            }
            return;
        }
        self.note(arrived_t, Kind::Delivered, origin);
        self.machines(arrived_t, mail);
        let (open_warmth, click_warmth) = self.contact.warmth(mail.sent_t);
        let open = mail.rates.open * self.contact.appetite * open_warmth;
        let click = mail.rates.click * self.contact.appetite * click_warmth;
        if self.dice.chance(open) {
            self.read(arrived_t, mail, click / open);
        }
    }

    fn machines(&mut self, arrived_t: i64, mail: &Mail) {
        if self.contact.apple_privacy && self.dice.chance(APPLE_OPEN) {
            let t = arrived_t + 3 + self.dice.wait(300.0).min(7200.0) as i64;
            self.react(t, Kind::Opened, mail, Cause::ApplePrivacy);
        }
        if self.contact.scanned && self.dice.chance(SCAN) {
            let mut t = arrived_t + self.dice.whole(0, 3);
            for _ in 0..self.dice.whole(2, 6) {
                self.react(t, Kind::Clicked, mail, Cause::Scanner);
                t += self.dice.whole(0, 3);
            }
        }
    }

    /// A person opens the email, perhaps clicks and visits, perhaps has had enough.
    fn read(&mut self, arrived_t: i64, mail: &Mail, click_per_open: f64) {
        let opened_t = self.opening_time(arrived_t);
        self.react(opened_t, Kind::Opened, mail, Cause::Person);
        let traits = self.contact.persona.traits();
        if self.dice.chance(click_per_open) {
            let t = opened_t + 5 + self.dice.wait(30.0) as i64;
            self.react(t, Kind::Clicked, mail, Cause::Person);
            let origin = Some(mail.origin);
            let device = self.contact.mail_device;
            self.visit(Visit { t: t + 2, origin, device, buy: traits.buy_per_click });
        }
        if self.dice.chance(traits.unsubscribe_per_open) {
            self.leave(opened_t + 40, Kind::Unsubscribed, mail);
        } else if self.dice.chance(COMPLAINT_PER_OPEN) {
            self.leave(opened_t + 40, Kind::Complained, mail);
        }
    }

    fn opening_time(&mut self, arrived_t: i64) -> i64 {
        if self.dice.chance(READ_AT_ONCE) {
            return arrived_t + 20 + self.dice.wait(2400.0) as i64;
        }
        let zone = self.contact.zone;
        let (day, now) = self.shop.calendar.local(zone, arrived_t);
        let second = self.contact.active_second(&mut self.dice);
        let day = day + i64::from(second <= now);
        self.shop.calendar.utc(zone, day, second).max(arrived_t + 20)
    }

    fn leave(&mut self, t: i64, kind: Kind, mail: &Mail) {
        if self.suppressed_t.is_none() && t < self.shop.calendar.end_s() {
            self.note(t, kind, Some(mail.origin));
            self.suppressed_t = Some(t);
            self.subscribed = false;
        }
    }

    fn react(&mut self, t: i64, kind: Kind, mail: &Mail, cause: Cause) {
        let scanner = cause == Cause::Scanner;
        self.events.push(Event {
            device: Some(if scanner { "desktop" } else { self.contact.mail_device }),
            client: Some(if scanner { "Chrome" } else { self.contact.mail_client }),
            cause: Some(cause),
            ..Event::new(t, kind, Some(mail.origin))
        });
    }
}
