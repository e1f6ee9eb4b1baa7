//! The raw recipients of two small experiments with spend, and what other programs make of them: statsmodels
//! 0.15, tea-tasting 2.0, gbstats (2026), scipy 1.17.

/// Columns of one arm, a recipient in each row.
pub(super) struct Arm {
    pub y: &'static [f64],
    pub x: &'static [f64],
    pub emails: &'static [f64],
    pub opens: &'static [f64],
    pub clicks: &'static [f64],
    pub pre_emails: &'static [f64],
    pub pre_opens: &'static [f64],
}

/// Value, t, p and the 95 % interval of a difference.
pub(super) struct Difference {
    pub control: f64,
    pub treatment: f64,
    pub point: f64,
    pub t: f64,
    pub p: f64,
    pub low: f64,
    pub high: f64,
}

pub(super) struct Experiment {
    pub control: Arm,
    pub treatment: Arm,
    pub opens_per_email: Difference,
    pub clicks_per_open: Difference,
    pub revenue_per_email: Difference,
    pub revenue: Difference,
    pub revenue_cuped: Difference,
    pub opens_cuped: Difference,
    pub opens_per_email_cuped: Difference,
    /// gbstats: theta, effect, standard error, degrees of freedom, p.
    pub other_ratio_cuped: [f64; 5],
    /// CUPED's theta and its correlation, of spend.
    pub theta: (f64, f64),
    /// Lin's effect, with its HC2 standard error: spend, opens.
    pub lin: [(f64, f64); 2],
    /// Mann and Whitney: U, p with ties alone, p with continuity too.
    pub mann_whitney: [f64; 3],
    /// Brunner and Munzel: statistic, df, p.
    pub brunner_munzel: [f64; 3],
    /// At the 99th percentile of all values: cap, t, p.
    pub winsor: [f64; 3],
}

pub(super) const TINY: Experiment = Experiment {
    control: Arm {
        y: &[0.0, 6.1, 6.91, 6.56, 8.13],
        x: &[0.0, 0.0, 17.01, 6.73, 0.0],
        emails: &[4.0, 5.0, 2.0, 1.0, 1.0],
        opens: &[1.0, 2.0, 0.0, 0.0, 0.0],
        clicks: &[0.0, 2.0, 0.0, 0.0, 0.0],
        pre_emails: &[4.0, 4.0, 4.0, 2.0, 1.0],
        pre_opens: &[2.0, 2.0, 2.0, 1.0, 0.0],
    },
    treatment: Arm {
        y: &[11.16, 6.49, 2.8, 2.4, 22.09, 0.0],
        x: &[0.0, 0.0, 2.16, 0.0, 10.26, 0.0],
        emails: &[3.0, 5.0, 1.0, 5.0, 5.0, 4.0],
        opens: &[3.0, 3.0, 1.0, 2.0, 1.0, 3.0],
        clicks: &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        pre_emails: &[4.0, 3.0, 3.0, 4.0, 1.0, 4.0],
        pre_opens: &[1.0, 3.0, 1.0, 2.0, 0.0, 0.0],
    },
    opens_per_email: Difference {
        control: 0.23076923076923075,
        treatment: 0.5652173913043478,
        point: 0.33444816053511706,
        t: 2.2340691273122864,
        p: 0.05352542822873095,
        low: -0.006338591856974829,
        high: 0.6752349129272089,
    },
    clicks_per_open: Difference {
        control: 0.6666666666666667,
        treatment: 0.07692307692307693,
        point: -0.5897435897435899,
        t: -1.6441073153271464,
        p: 0.16991515335016322,
        low: -1.555745982139518,
        high: 0.37625880265233835,
    },
    revenue_per_email: Difference {
        control: 2.1307692307692307,
        treatment: 1.9539130434782606,
        point: -0.1768561872909702,
        t: -0.13003883269926167,
        p: 0.8997608563416861,
        low: -3.315664924741,
        high: 2.96195255015906,
    },
    revenue: Difference {
        control: 5.54,
        treatment: 7.489999999999999,
        point: 1.9499999999999993,
        t: 0.5390532281717128,
        p: 0.6072298770901938,
        low: -6.6759386763506186,
        high: 10.575938676350617,
    },
    revenue_cuped: Difference {
        control: 4.84218513119953,
        treatment: 8.071512390667058,
        point: 3.229327259467528,
        t: 1.002836531715467,
        p: 0.34424796412325426,
        low: -4.148687407597725,
        high: 10.607341926532781,
    },
    opens_cuped: Difference {
        control: 0.5670454545454545,
        treatment: 2.1941287878787876,
        point: 1.6270833333333332,
        t: 3.137982235833505,
        p: 0.011984360431065847,
        low: 0.45391167052269044,
        high: 2.800254996143976,
    },
    opens_per_email_cuped: Difference {
        control: 0.24513915625026733,
        treatment: 0.5538727132930031,
        point: 0.3087335570427358,
        t: 2.045172450188002,
        p: 0.07195861784565379,
        low: -0.034081360141089534,
        high: 0.6515484742265611,
    },
    other_ratio_cuped: [
        -0.10774207369112909, 0.3238629743479184, 0.1489543253066793, 8.732942794082978,
        0.0586153264161795,
    ],
    theta: (0.47771742325150424, 0.4407445821053152),
    lin: [(4.167142512510291, 2.7685971291158884), (1.6667128603104209, 0.5181537166250956)],
    mann_whitney: [14.5, 0.9270990616387901, 1.0],
    brunner_munzel: [-0.08225509020529949, 8.396539424241867, 0.9363710866628006],
    winsor: [20.997000000000003, 0.5091576610215364, 0.6265627133769094],
};

pub(super) const FORTY: Experiment = Experiment {
    control: Arm {
        y: &[
            0.0, 0.0, 2.83, 0.0, 0.0, 0.0, 0.0, 0.0, 11.04, 0.0, 0.0, 8.55, 0.0, 0.0, 0.0, 0.0,
            0.0, 18.92, 8.8, 0.0,
        ],
        x: &[
            0.0, 0.0, 1.45, 4.76, 0.0, 11.51, 4.09, 0.0, 0.0, 0.0, 10.25, 0.0, 0.0, 19.53, 24.88,
            0.0, 0.0, 0.0, 29.58, 23.85,
        ],
        emails: &[
            3.0, 4.0, 3.0, 3.0, 5.0, 4.0, 5.0, 3.0, 1.0, 4.0, 2.0, 3.0, 2.0, 4.0, 2.0, 1.0, 1.0,
            1.0, 2.0, 4.0,
        ],
        opens: &[
            0.0, 2.0, 2.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 3.0, 1.0, 2.0, 0.0, 1.0, 1.0, 0.0, 0.0,
            0.0, 0.0, 1.0,
        ],
        clicks: &[
            0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
            0.0, 0.0, 1.0,
        ],
        pre_emails: &[
            1.0, 1.0, 1.0, 1.0, 4.0, 4.0, 3.0, 4.0, 2.0, 4.0, 1.0, 1.0, 1.0, 1.0, 4.0, 1.0, 4.0,
            2.0, 2.0, 1.0,
        ],
        pre_opens: &[
            1.0, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 2.0, 0.0, 1.0,
            1.0, 1.0, 0.0,
        ],
    },
    treatment: Arm {
        y: &[
            0.0, 0.0, 20.16, 10.37, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 16.04, 0.0, 15.63,
            17.96, 11.51, 6.12, 0.0, 5.15,
        ],
        x: &[
            1.86, 0.0, 18.4, 4.69, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 26.07, 0.0, 0.0, 0.0,
            0.0, 0.0, 0.0, 0.0,
        ],
        emails: &[
            4.0, 2.0, 5.0, 1.0, 2.0, 1.0, 4.0, 2.0, 2.0, 5.0, 5.0, 1.0, 4.0, 2.0, 3.0, 4.0, 2.0,
            4.0, 5.0, 4.0,
        ],
        opens: &[
            3.0, 0.0, 2.0, 1.0, 1.0, 0.0, 2.0, 2.0, 2.0, 2.0, 3.0, 0.0, 2.0, 1.0, 0.0, 1.0, 1.0,
            1.0, 3.0, 3.0,
        ],
        clicks: &[
            0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 2.0, 0.0, 1.0, 1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0,
            0.0, 1.0, 0.0,
        ],
        pre_emails: &[
            4.0, 2.0, 1.0, 3.0, 3.0, 4.0, 2.0, 2.0, 1.0, 4.0, 3.0, 4.0, 2.0, 3.0, 2.0, 3.0, 1.0,
            4.0, 1.0, 1.0,
        ],
        pre_opens: &[
            3.0, 1.0, 0.0, 1.0, 2.0, 2.0, 0.0, 1.0, 1.0, 2.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0,
            1.0, 0.0, 1.0,
        ],
    },
    opens_per_email: Difference {
        control: 0.2982456140350877,
        treatment: 0.48387096774193544,
        point: 0.18562535370684774,
        t: 2.3163039114645456,
        p: 0.026056067854953655,
        low: 0.023370696915436556,
        high: 0.3478800104982589,
    },
    clicks_per_open: Difference {
        control: 0.11764705882352942,
        treatment: 0.3333333333333333,
        point: 0.21568627450980388,
        t: 1.6887628075605583,
        p: 0.09993786760593396,
        low: -0.0433679001227098,
        high: 0.47474044914231756,
    },
    revenue_per_email: Difference {
        control: 0.8796491228070176,
        treatment: 1.6603225806451614,
        point: 0.7806734578381438,
        t: 1.1325007943719632,
        p: 0.26462049296122103,
        low: -0.6154711326903688,
        high: 2.1768180483666564,
    },
    revenue: Difference {
        control: 2.507,
        treatment: 5.147,
        point: 2.64,
        t: 1.321119149050477,
        p: 0.19518625596979847,
        low: -1.419372579992919,
        high: 6.69937257999292,
    },
    revenue_cuped: Difference {
        control: 2.232952215630418,
        treatment: 5.421047784369582,
        point: 3.1880955687391643,
        t: 1.6442861139541098,
        p: 0.1087205386733997,
        low: -0.7425491352129705,
        high: 7.1187402726913,
    },
    opens_cuped: Difference {
        control: 0.8476993865030674,
        treatment: 1.5023006134969326,
        point: 0.6546012269938651,
        t: 2.1472078656777045,
        p: 0.03843381125887368,
        low: 0.036779759829739134,
        high: 1.2724226941579913,
    },
    opens_per_email_cuped: Difference {
        control: 0.2906660058031607,
        treatment: 0.49038943082139264,
        point: 0.19972342501823193,
        t: 2.560836750303547,
        p: 0.014599284311342775,
        low: 0.04176406224653689,
        high: 0.35768278778992696,
    },
    other_ratio_cuped: [
        0.19668169833116536, 0.2010854499942743, 0.07797444259470648, 37.42390859183794,
        0.013974787532543997,
    ],
    theta: (0.13896946469045754, 0.18941919261054457),
    lin: [(3.8173009497910257, 1.9007273288898083), (0.6555945609669396, 0.3131669380118451)],
    mann_whitney: [236.0, 0.24198134985494668, 0.2485829632027886],
    brunner_munzel: [1.1778896107408703, 35.14342106338675, 0.24675563494439473],
    winsor: [19.6764, 1.315230139473513, 0.1971039936599916],
};
