/** Common passwords of at least 8 characters, in lower case. They are refused for new accounts. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `password password1 password12 password123 password1234 password! password1! passw0rd passw0rd1 p@ssw0rd p@ssword
  p@ssw0rd1 pa55word pass1234 12345678 123456789 1234567890 12345678910 0123456789 87654321 987654321 9876543210
  11111111 111111111 1111111111 00000000 0000000000 22222222 55555555 66666666 77777777 88888888 99999999 12341234
  11223344 12121212 123123123 123321123 147258369 123654789 123456abc 1234abcd 1234qwer 12345qwert 123qweasd
  123qwe123 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 q1w2e3r4 q1w2e3r4t5 qwerty12 qwerty123
  qwerty1234 qwertyui qwertyuiop qwertyuiop123 qwer1234 qweasdzxc qazwsxedc zaq12wsx zaq1zaq1 asdfghjk asdfghjkl
  asdf1234 asdfasdf zxcvbnm1 zxcvbnm123 abcd1234 abcdefgh abcdefg1 abc12345 abc123456 abcabc123 a1234567 a12345678
  a123456789 aa123456 aa12345678 aaaaaaaa iloveyou iloveyou1 iloveyou2 iloveyou! sunshine sunshine1 princess
  princess1 football football1 baseball baseball1 basketball superman superman1 batman123 spiderman starwars
  starwars1 pokemon123 dragon123 monkey123 shadow123 master123 michael1 jennifer jordan23 charlie1 liverpool
  liverpool1 chelsea1 arsenal1 trustno1 welcome1 welcome12 welcome123 welcome1! letmein1 letmein123 letmein!
  whatever changeme changeme1 changeme123 default1 admin123 admin1234 admin12345 administrator administrator1
  root1234 rootroot toor1234 test1234 testtest test12345 testing1 testing123 guest1234 user1234 login123 secret123
  computer internet facebook google123 microsoft samsung1 computer1 corvette mercedes midnight victoria elephant
  diamond1 hello123 hello1234 helloworld summer2024 summer2025 summer2026 winter2024 winter2025 winter2026
  spring2025 spring2026 autumn2025 autumn2026 fuckyou1 fuckyou123 asshole1 blink182 nicholas danielle alexander
  samantha jessica1 ashley123 christian christmas chocolate butterfly cheese123 flower123 freedom1 soccer123
  hunter123 killer123 matrix123 access14 mustang1 qwerty1! qwerty!1 correcthorsebatterystaple`.split(/\s+/),
);
