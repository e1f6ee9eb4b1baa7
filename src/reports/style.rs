//! The page's style sheet.

use super::figures::{BREAKPOINT, FAMILY, font_faces};

/// All rules, with the font inside.
pub(super) fn sheet() -> String {
    let breakpoint = format!(
        "@media screen and (max-width:{BREAKPOINT}px){{\
         svg.wide{{display:none}}svg.narrow{{display:block}}main{{padding:20px 10px 48px}}\
         .answer{{font-size:1.3rem}}h1{{font-size:1rem}}\
         tbody th{{max-width:11em}}td.text{{min-width:10em}}}}\n"
    );
    format!("{}:root{{--font:\"{FAMILY}\"}}\n{RULES}{breakpoint}{PRINT}", font_faces())
}

const RULES: &str = "\
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:#fff;color:#1f242b;font:400 15px/1.55 var(--font),sans-serif}
main{max-width:968px;margin:0 auto;padding:40px 24px 72px;overflow-wrap:anywhere}
h1{font-size:1.05rem;font-weight:600;color:#59626c;margin:0 0 10px}
h2{font-size:1.35rem;line-height:1.3;font-weight:600;margin:0 0 10px}
h3{font-size:1.05rem;line-height:1.35;font-weight:600;margin:0}
p{margin:0 0 14px;max-width:70ch}
.answer{font-size:1.75rem;line-height:1.3;font-weight:600;margin:0 0 14px;max-width:34em}
.finding{font-size:1.1rem;line-height:1.45;margin:0 0 18px}
.stamp{color:#59626c;font-size:.87rem;margin:0 0 24px}
nav{border-top:1px solid #e4e7eb;border-bottom:1px solid #e4e7eb;padding:10px 0;font-size:.93rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 22px;margin:0;padding:0}
a{color:#0060a0;text-underline-offset:3px}
section{margin:44px 0 0}
figure{margin:0 0 26px}
figcaption{padding:0 14px;color:#59626c;font-size:.87rem;max-width:80ch}
svg{display:block;max-width:100%;height:auto}
svg.narrow{display:none;margin:0 auto}
.scroll{overflow-x:auto;margin:0 0 24px;max-width:100%;background:linear-gradient(90deg,#fff 30%,#fff0) 0 0/40px 100% local,linear-gradient(270deg,#fff 30%,#fff0) 100% 0/40px 100% local,linear-gradient(90deg,#0000001a,#0000) 0 0/12px 100%,linear-gradient(270deg,#0000001a,#0000) 100% 0/12px 100%;background-repeat:no-repeat}
.scroll:focus-visible{outline:2px solid #0060a0;outline-offset:2px}
table{border-collapse:collapse;font-size:.9rem;line-height:1.4;min-width:min(100%,420px)}
caption{text-align:left;font-weight:600;padding:0 0 6px}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid #e4e7eb;text-align:left;vertical-align:top;overflow-wrap:normal}
td:last-child,th:last-child{padding-right:0}
thead th{font-weight:600;border-bottom:2px solid #9aa3ad;vertical-align:bottom}
tbody th{font-weight:400;min-width:8em;max-width:18em;overflow-wrap:break-word}
td.text{min-width:13em;max-width:30em;overflow-wrap:break-word}
.number{text-align:right;white-space:nowrap}
thead .number{white-space:normal}
.unit{display:block;font-weight:400;color:#59626c;font-size:.85em}
.missing{color:#59626c;cursor:help}
.notice{border-left:4px solid #0072b2;background:#eef5fa;padding:10px 14px;margin:0 0 18px;max-width:76ch}
.notice p{margin:0}
.notice .hint{margin-top:4px;color:#424a53}
.warning{border-color:#e69f00;background:#fdf6e7}
.stop{border-color:#d55e00;background:#fcefe6}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,285px),1fr));gap:16px;margin:0 0 24px;padding:0;list-style:none}
.card{border:1px solid #d5dae0;border-radius:6px;padding:14px 16px;font-size:.93rem}
.card .subtitle{color:#59626c;margin:2px 0 10px}
.card dl{display:grid;grid-template-columns:auto auto;gap:2px 14px;margin:0 0 10px}
.card dt{color:#59626c}
.card dd{margin:0;text-align:right}
.card ul{list-style:disc;margin:0 0 8px;padding:0 0 0 18px}
.card .note{color:#59626c;font-size:.9em;margin:0 0 4px}
details{color:#424a53;font-size:.87rem;margin:0 0 20px;max-width:80ch}
summary{cursor:pointer;color:#59626c}
details p{margin:6px 0 0}
footer{border-top:1px solid #e4e7eb;margin-top:52px;padding-top:14px;color:#59626c;font-size:.87rem}
footer dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:0}
footer dd{margin:0}
";

const PRINT: &str = "\
@page{margin:15mm}
@media print{body{font-size:10.5pt}main{padding:0;max-width:none}nav{display:none}
section{margin-top:28px}figure,.card,.notice,tr{break-inside:avoid}h2,h3,caption{break-after:avoid}
thead{display:table-header-group}.scroll{overflow:visible;background:none}table{font-size:8pt}td.text,tbody th{min-width:0}
details::details-content{content-visibility:visible;height:auto;opacity:1}}
";
