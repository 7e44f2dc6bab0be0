"""What students and their files are called in the attacks that try what a report makes of it."""

EVIL = (
    "../../etc/passwd",
    "=cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd",
    "+1-1",
    '-2\t\r\n=1,100,"100\n',
    "'quoted\" \x1b[2J\x1b]0;title\x07\x1b[31mred \x9b31m\x00",
    "<script>alert(1)</script><img src=x onerror=alert(1)> [red]markup[/red] [link=http://x.test]x[/link]",
    "\u202egpj.exe\u2066\u200b\ufeff \udcff\udc80",
    "{{7*7}}${7*7}%s%n{0.__class__} $(touch mark)`touch mark`;touch mark",
)
