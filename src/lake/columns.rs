//! The columns of each canonical table, as a source may map them, with the names that common exports
//! have for them.

use super::contract::{Content, Field, Need};

const fn required(
    name: &'static str,
    content: Content,
    meaning: &'static str,
    synonyms: &'static [&'static str],
) -> Field {
    Field { name, need: Need::Required, content, meaning, synonyms }
}

const fn optional(
    name: &'static str,
    content: Content,
    meaning: &'static str,
    synonyms: &'static [&'static str],
) -> Field {
    Field { name, need: Need::Optional, content, meaning, synonyms }
}

const CONTACT: &[&str] = &[
    "contactid", "customerid", "personid", "profileid", "userid", "memberid", "subscriberid",
    "clientid", "recordid", "klaviyoid", "leid", "vid", "contact", "customer", "recipient",
    "email", "emailaddress", "recipientemail", "customeremail",
];
/// In a file of contacts the plain `id` is the contact's; everywhere else it is the row's.
const CONTACT_ROW: &[&str] = &[
    "contactid", "customerid", "personid", "profileid", "userid", "memberid", "subscriberid",
    "clientid", "recordid", "klaviyoid", "id", "leid", "vid", "contact", "customer", "recipient",
    "email", "emailaddress",
];
const TIME: &[&str] = &[
    "ts", "time", "timestamp", "datetime", "date", "createdat", "created", "occurredat",
    "eventtime", "invoicedate", "orderdate", "processedat", "purchasedat", "placedat", "eventdate",
    "eventtimestamp", "purchasedate", "transactiondate",
];
const CAMPAIGN: &[&str] = &["campaignid", "campaign", "messageid", "emailcampaignid", "uniqueid"];
const PRODUCT: &[&str] = &["productid", "product", "sku", "stockcode", "lineitemsku", "variantid"];
const CATEGORY: &[&str] = &["category", "productcategory", "producttype", "department"];
const ORDER: &[&str] =
    &["orderid", "order", "invoiceno", "invoice", "ordernumber", "transactionid", "orderno"];
/// As [`CONTACT_ROW`]: in a file of orders the plain `id` is the order's.
const ORDER_ROW: &[&str] = &[
    "orderid", "order", "invoiceno", "invoice", "transactionid", "id", "ordernumber", "orderno",
    "name",
];
const AMOUNT: &[&str] = &[
    "amount", "total", "totalprice", "totalamount", "grandtotal", "ordervalue", "orderamount",
    "revenue", "ordertotal", "value", "spend", "sales",
];

const UPDATED: &[&str] = &["updatedat", "updated", "lastchanged", "lastmodifieddate", "modifiedat"];

pub const CONTACTS: &[Field] = &[
    required(
        "contact",
        Content::Text,
        "the contact's id; an email address is replaced by a code made from it",
        CONTACT_ROW,
    ),
    optional(
        "created_at",
        Content::Time,
        "when the contact became known",
        &[
            "createdat", "created", "createdate", "profilecreatedon", "optintime", "dateadded",
            "timestampsignup", "signupdate", "registeredat", "subscribedat",
        ],
    ),
    optional(
        "timezone",
        Content::Text,
        "IANA name of the contact's time zone",
        &["timezone", "tz", "zone"],
    ),
    optional("country", Content::Text, "country", &["country", "countrycode", "cc"]),
    optional(
        "consent",
        Content::Text,
        "mailing consent as the platform words it",
        &[
            "consent", "emailmarketingconsent", "acceptsmarketing", "acceptsemailmarketing",
            "status",
        ],
    ),
    optional("lifecycle_stage", Content::Text, "the CRM's stage", &["lifecyclestage", "stage"]),
    optional(
        "source",
        Content::Text,
        "where the contact came from",
        &["source", "signupsource", "originalsource", "leadsource", "acquisitionsource"],
    ),
    optional(
        "email",
        Content::Text,
        "the address: looked at for faults and duplicates, never stored",
        &["email", "emailaddress"],
    ),
    optional(
        "updated_at",
        Content::Time,
        "when the row was last changed; of several rows for a contact the latest is kept",
        UPDATED,
    ),
];

pub const CAMPAIGNS: &[Field] = &[
    required(
        "campaign",
        Content::Text,
        "the campaign's id",
        &["campaignid", "id", "uniqueid", "campaign"],
    ),
    optional("name", Content::Text, "its name", &["name", "campaignname", "title"]),
    optional("subject", Content::Text, "its subject line", &["subject", "subjectline"]),
    optional(
        "campaign_type",
        Content::Text,
        "newsletter, promotion, flow …",
        &["campaigntype", "type", "campaignchannel"],
    ),
    optional("sent_at", Content::Time, "when it was sent", &["sentat", "sendtime", "senddate"]),
];

pub const EVENTS: &[Field] = &[
    optional(
        "event_id",
        Content::Text,
        "the event's own id; of several rows with one id a single one is kept",
        &["eventid", "id", "uuid"],
    ),
    required("contact", Content::Text, "who", CONTACT),
    required("time", Content::Time, "when", TIME),
    required(
        "kind",
        Content::Word,
        "what: sent, delivered, bounced, opened, clicked, unsubscribed, complained, page_viewed, product_viewed, cart_added, checkout_started",
        &["kind", "event", "eventtype", "type", "action", "activity", "eventname", "metric"],
    ),
    optional("campaign", Content::Text, "the campaign it belongs to", CAMPAIGN),
    optional(
        "variant",
        Content::Text,
        "the variant of the campaign",
        &["variant", "variation", "combinationid"],
    ),
    optional(
        "device",
        Content::Text,
        "mobile, desktop, tablet",
        &["device", "devicetype", "clienttype", "deviceclass"],
    ),
    optional(
        "client",
        Content::Text,
        "mail client or browser",
        &["client", "clientname", "emailclient", "browser"],
    ),
    optional("product", Content::Text, "the product looked at", PRODUCT),
    optional("category", Content::Text, "its category", CATEGORY),
    optional("page", Content::Text, "the page looked at", &["page", "url", "pageurl", "path"]),
    optional(
        "seconds",
        Content::Number,
        "time spent there, in seconds",
        &["seconds", "duration", "timespent", "durations", "engagedtimeins"],
    ),
    optional(
        "value",
        Content::Money,
        "value of the event in the shop's currency",
        &["value", "propertyvalue"],
    ),
    optional(
        "machine",
        Content::Flag,
        "true where the platform flags a machine open or a bot click",
        &[
            "machine", "bot", "botclick", "appleprivacyopen", "machineopen", "filteredevent",
            "isbot",
        ],
    ),
    optional(
        "updated_at",
        Content::Time,
        "when the row was last changed; of several rows for an event the latest is kept",
        UPDATED,
    ),
];

pub const ORDERS: &[Field] = &[
    optional(
        "order",
        Content::Text,
        "the order's id; a refund carries the id of its order; without it every row is an order",
        ORDER_ROW,
    ),
    required(
        "contact",
        Content::Text,
        "who bought; rows without one are set aside and counted",
        CONTACT,
    ),
    required("time", Content::Time, "when it was placed or refunded", TIME),
    optional(
        "amount",
        Content::Money,
        "what was paid, in major units; negative for a refund",
        AMOUNT,
    ),
    optional(
        "quantity",
        Content::Number,
        "with `price`, in place of `amount`: one row is a line, and lines are added up by order",
        &["quantity", "qty", "lineitemquantity"],
    ),
    optional(
        "price",
        Content::Money,
        "price of one piece",
        &["unitprice", "price", "lineitemprice"],
    ),
    optional(
        "currency",
        Content::Text,
        "ISO 4217 code; the shop's if not mapped",
        &["currency", "currencycode"],
    ),
    optional(
        "discount",
        Content::Money,
        "discount given, in major units",
        &["discount", "discountamount", "totaldiscounts", "totaldiscount"],
    ),
    optional(
        "status",
        Content::Word,
        "completed, pending, cancelled or refunded; completed if not mapped",
        &["status", "financialstatus", "orderstatus", "state"],
    ),
    optional("product", Content::Text, "product of the line", PRODUCT),
    optional("category", Content::Text, "category of the line", CATEGORY),
    optional(
        "updated_at",
        Content::Time,
        "when the row was last changed; of several rows for an order the latest is kept",
        UPDATED,
    ),
    optional(
        "test",
        Content::Flag,
        "true for an order that only tests the shop; set aside and counted",
        &["test", "istest"],
    ),
];

pub const ORDER_ITEMS: &[Field] = &[
    required("order", Content::Text, "the order's id", ORDER),
    required("contact", Content::Text, "who bought", CONTACT),
    required("time", Content::Time, "when", TIME),
    optional("product", Content::Text, "product", PRODUCT),
    optional("category", Content::Text, "its category", CATEGORY),
    optional("quantity", Content::Number, "pieces", &["quantity", "qty", "lineitemquantity"]),
    optional(
        "amount",
        Content::Money,
        "what the line cost, in major units",
        &["amount", "linetotal", "lineamount", "total"],
    ),
];

pub const ASSIGNMENTS: &[Field] = &[
    required(
        "experiment",
        Content::Text,
        "the experiment's id",
        &["experimentid", "experiment", "test", "testid"],
    ),
    required("contact", Content::Text, "who", CONTACT),
    required(
        "variant",
        Content::Text,
        "the variant drawn for the contact",
        &["variant", "variation", "arm", "groupid", "combinationid"],
    ),
    optional("assigned_at", Content::Time, "when it was drawn", &["assignedat", "assigned"]),
    optional(
        "sent_at",
        Content::Time,
        "when the contact's message went out; its outcomes count from here",
        &["sentat", "sendtime"],
    ),
];
