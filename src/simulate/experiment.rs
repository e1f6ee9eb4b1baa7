//! The planted experiments and their true effects.

use super::persona::Persona;

/// One planted experiment: one campaign, sent to everyone on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Experiment {
    /// The id in `assignments` and in the truth tables.
    pub id: &'static str,
    /// Arm names; the first is the control.
    pub arms: &'static [&'static str],
    /// Days from the send to the end of the history. All are above 14, so that outcome windows
    /// of two weeks are closed.
    pub days_before_end: u16,
}

/// A subject line that works for two personas only: see [`URGENT`].
pub const SUBJECT_LINE: Experiment =
    Experiment { id: "subject-line", arms: &["control", "urgent"], days_before_end: 58 };
/// Two identical arms: nothing to find.
pub const AA_TEST: Experiment =
    Experiment { id: "aa-test", arms: &["a", "b"], days_before_end: 72 };
/// Four local send hours; each persona has its own best: [`Persona::best_hour`].
pub const SEND_TIME: Experiment =
    Experiment { id: "send-time", arms: &["h08", "h12", "h18", "h21"], days_before_end: 37 };
/// No effect, but [`LOST_SHARE`] of the second arm is missing from the log.
pub const BROKEN_SPLIT: Experiment =
    Experiment { id: "broken-split", arms: &["control", "template"], days_before_end: 23 };

/// All experiments, in the order in which they are sent.
pub const EXPERIMENTS: [Experiment; 4] = [AA_TEST, SUBJECT_LINE, SEND_TIME, BROKEN_SPLIT];

/// Local hours of the arms of [`SEND_TIME`].
pub const SEND_HOURS: [u8; 4] = [8, 12, 18, 21];

/// Share of the second arm of [`BROKEN_SPLIT`] that never reached the log: enough for a
/// sample-ratio test to see at 20,000 contacts (chi-square about 40), too little for the eye.
pub const LOST_SHARE: f64 = 0.10;

/// The urgent subject's absolute effects (persona, on the open rate, on the click rate); every
/// other persona's are exactly 0.
pub const URGENT: [(Persona, f64, f64); 2] =
    [(Persona::BargainHunter, 0.10, 0.08), (Persona::WindowShopper, 0.10, 0.05)];

/// What a persona does with one delivered email, on average over its contacts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    /// Probability that a person opens it; machine opens come on top.
    pub open: f64,
    /// Probability that a person clicks in it.
    pub click: f64,
    /// Probability that the visit after a click ends in an order.
    pub order: f64,
}

/// One row of `truth/effects.csv`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlantedEffect {
    /// [`Experiment::id`].
    pub experiment: &'static str,
    /// The persona that it holds for.
    pub persona: Persona,
    /// Arm name.
    pub variant: &'static str,
    /// `open`, `click` or `order` (an order in the visit that follows a click).
    pub metric: &'static str,
    /// Planted probability per delivered contact.
    pub probability: f64,
    /// `probability` less that of the first arm.
    pub effect: f64,
}

impl Persona {
    /// The response to a plain email, outside any experiment.
    pub fn response(self) -> Response {
        let traits = self.traits();
        let order = traits.click_rate * traits.buy_per_click;
        Response { open: traits.open_rate, click: traits.click_rate, order }
    }

    /// The response to one arm (an index into [`Experiment::arms`]) of an experiment.
    pub fn response_to(self, experiment: &Experiment, arm: usize) -> Response {
        let plain = self.response();
        let (open, click) = match experiment.id {
            id if id == SUBJECT_LINE.id && arm == 1 => urgent(self, plain),
            id if id == SEND_TIME.id => timed(self, plain, SEND_HOURS[arm % SEND_HOURS.len()]),
            _ => (plain.open, plain.click),
        };
        Response { open, click, order: click * self.traits().buy_per_click }
    }
}

fn urgent(persona: Persona, plain: Response) -> (f64, f64) {
    let planted = URGENT.iter().find(|(who, ..)| *who == persona);
    planted.map_or((plain.open, plain.click), |(_, open, click)| {
        (plain.open + open, plain.click + click)
    })
}

/// Clicks fall by a tenth of the plain rate for each hour away from the best, from 1.4 to 0.6
/// times; opens react less. The caps keep every contact's probability below 1.
fn timed(persona: Persona, plain: Response, hour: u8) -> (f64, f64) {
    let apart = hour.abs_diff(persona.best_hour());
    let apart = f64::from(apart.min(24 - apart));
    let open = (1.15 - 0.04 * apart).max(0.85);
    let click = (1.4 - 0.1 * apart).max(0.6);
    (plain.open * open, plain.click * click)
}

/// Every planted probability: experiment by persona by arm by metric.
pub fn planted_effects() -> Vec<PlantedEffect> {
    let mut effects = Vec::new();
    for experiment in &EXPERIMENTS {
        for persona in Persona::ALL {
            let base = metrics(persona.response_to(experiment, 0));
            for (arm, variant) in experiment.arms.iter().enumerate() {
                let rates = metrics(persona.response_to(experiment, arm));
                effects.extend(rates.into_iter().zip(base).map(
                    |((metric, probability), (_, control))| PlantedEffect {
                        experiment: experiment.id,
                        persona,
                        variant,
                        metric,
                        probability,
                        effect: probability - control,
                    },
                ));
            }
        }
    }
    effects
}

fn metrics(rates: Response) -> [(&'static str, f64); 3] {
    [("open", rates.open), ("click", rates.click), ("order", rates.order)]
}
