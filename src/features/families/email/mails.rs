//! The mails that a contact was sent, each with what became of it.
//!
//! An event belongs to the latest mail of its campaign that was sent to the contact at most
//! `attribution_us` before it. A message of a flow that is sent several times under one campaign is
//! several mails. An event without a campaign belongs to nothing.

use super::super::super::{Event, Kind, Word};

/// One mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mail {
    /// When it was sent, or delivered if no row says when it was sent.
    pub start_us: i64,
    pub is_sent: bool,
    pub delivered_us: Option<i64>,
    pub is_bounced: bool,
    pub campaign: Word,
    pub is_opened: bool,
    /// First open by a human.
    pub human_open_us: Option<i64>,
    /// First click by a human.
    pub click_us: Option<i64>,
}

impl Mail {
    fn new(event: &Event) -> Self {
        let is_sent = event.kind == Kind::Sent;
        Mail {
            start_us: event.us,
            is_sent,
            delivered_us: (!is_sent).then_some(event.us),
            is_bounced: false,
            campaign: event.campaign,
            is_opened: false,
            human_open_us: None,
            click_us: None,
        }
    }

    /// When it was delivered; or sent, where nothing says that it bounced.
    pub fn received_us(&self) -> Option<i64> {
        self.delivered_us.or((self.is_sent && !self.is_bounced).then_some(self.start_us))
    }

    /// A human opened it or clicked in it.
    pub fn is_noticed(&self) -> bool {
        self.human_open_us.is_some() || self.click_us.is_some()
    }
}

/// All mails, in the order of their start, and what belongs to none.
#[derive(Debug, Default)]
pub struct Mails {
    pub mails: Vec<Mail>,
    /// Times of opens and clicks by a human that belong to no mail.
    pub unmatched_us: Vec<i64>,
}

impl Mails {
    /// Matches `events`, which are in order of time.
    pub fn of(events: &[Event], attribution_us: i64) -> Mails {
        let mut mails = Mails::default();
        for moment in events.chunk_by(|a, b| a.us == b.us) {
            if let [event] = moment {
                mails.take(event, attribution_us);
                continue;
            }
            // Exports with whole seconds put a mail and its delivery into one moment.
            for stage in 0..STAGES {
                let of_stage = moment.iter().filter(|event| stage_of(event.kind) == stage);
                of_stage.for_each(|event| mails.take(event, attribution_us));
            }
        }
        mails
    }

    fn take(&mut self, event: &Event, attribution_us: i64) {
        let from_us = event.us.saturating_sub(attribution_us);
        match event.kind {
            Kind::Sent if event.campaign.is_some() => self.mails.push(Mail::new(event)),
            Kind::Delivered if event.campaign.is_some() => {
                match self.latest(event, from_us, |mail| mail.delivered_us.is_none()) {
                    Some(mail) => mail.delivered_us = Some(event.us),
                    None => self.mails.push(Mail::new(event)),
                }
            }
            Kind::Bounced => {
                if let Some(mail) = self.latest(event, from_us, |mail| !mail.is_bounced) {
                    mail.is_bounced = true;
                }
            }
            Kind::Opened => match self.latest(event, from_us, |_| true) {
                Some(mail) => {
                    mail.is_opened = true;
                    if !event.is_machine {
                        mail.human_open_us.get_or_insert(event.us);
                    }
                }
                None => self.unmatched(event),
            },
            Kind::Clicked if !event.is_machine => match self.latest(event, from_us, |_| true) {
                Some(mail) => {
                    mail.click_us.get_or_insert(event.us);
                }
                None => self.unmatched(event),
            },
            _ => {}
        }
    }

    fn unmatched(&mut self, event: &Event) {
        if !event.is_machine {
            self.unmatched_us.push(event.us);
        }
    }

    fn latest(
        &mut self,
        event: &Event,
        from_us: i64,
        fits: impl Fn(&Mail) -> bool,
    ) -> Option<&mut Mail> {
        if !event.campaign.is_some() {
            return None;
        }
        let recent = self.mails.iter_mut().rev().take_while(|mail| mail.start_us >= from_us);
        recent.into_iter().find(|mail| mail.campaign == event.campaign && fits(mail))
    }
}

const STAGES: u8 = 4;

/// In which order events of one moment must have happened.
fn stage_of(kind: Kind) -> u8 {
    match kind {
        Kind::Sent => 0,
        Kind::Delivered => 1,
        Kind::Bounced => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{DAY, HOUR, event};
    use super::*;

    const LIMIT: i64 = 30 * DAY;

    fn of(campaign: u32, us: i64, kind: Kind) -> Event {
        Event { campaign: Word(campaign), ..event(us, kind) }
    }

    fn mails(events: &[Event]) -> Mails {
        let mut events = events.to_vec();
        events.sort();
        Mails::of(&events, LIMIT)
    }

    #[test]
    fn a_flow_message_sent_twice_is_two_mails_and_an_open_is_of_the_later() {
        let found = mails(&[
            of(1, 0, Kind::Sent),
            of(1, HOUR, Kind::Delivered),
            of(1, 2 * DAY, Kind::Sent),
            of(1, 2 * DAY + HOUR, Kind::Delivered),
            of(1, 3 * DAY, Kind::Opened),
            of(2, 3 * DAY, Kind::Opened),
        ]);
        assert_eq!(found.mails.len(), 2);
        assert_eq!(found.mails[0].human_open_us, None);
        assert_eq!(found.mails[1].human_open_us, Some(3 * DAY));
        assert_eq!(found.mails[1].delivered_us, Some(2 * DAY + HOUR));
        assert_eq!(found.unmatched_us, [3 * DAY]);
    }

    #[test]
    fn thirty_days_count_and_a_moment_more_does_not() {
        let found = mails(&[of(1, 0, Kind::Sent), of(1, LIMIT, Kind::Clicked)]);
        assert_eq!(found.mails[0].click_us, Some(LIMIT));
        let found = mails(&[of(1, 0, Kind::Sent), of(1, LIMIT + 1, Kind::Clicked)]);
        assert_eq!((found.mails[0].click_us, found.unmatched_us), (None, vec![LIMIT + 1]));
    }

    #[test]
    fn everything_in_one_moment_is_one_mail() {
        let kinds = [Kind::Clicked, Kind::Delivered, Kind::Opened, Kind::Sent];
        let found = mails(&kinds.map(|kind| of(1, 7, kind)));
        assert_eq!(found.mails.len(), 1);
        let mail = found.mails[0];
        assert_eq!(
            (mail.received_us(), mail.human_open_us, mail.click_us),
            (Some(7), Some(7), Some(7))
        );
    }

    #[test]
    fn a_mail_that_bounced_is_not_received_and_a_delivery_alone_is_a_mail() {
        let found = mails(&[
            of(1, 0, Kind::Sent),
            of(1, 1, Kind::Bounced),
            of(2, 2, Kind::Delivered),
            event(3, Kind::Sent),
        ]);
        let received: Vec<_> = found.mails.iter().map(Mail::received_us).collect();
        assert_eq!(received, [None, Some(2)]);
    }
}
