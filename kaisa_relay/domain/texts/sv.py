"""The automatic texts in Swedish."""

from typing import Final

from kaisa_relay.domain.texts.keys import TextKey, Texts

TEXTS: Final[Texts] = {
    TextKey.SEEKING: (
        "Hej {name}! Tack för att du hör av dig. Vi letar upp rätt person åt dig, "
        "skriv gärna din fråga så länge.",
        "Hej! Tack för att du hör av dig. Vi letar upp rätt person åt dig, "
        "skriv gärna din fråga så länge.",
    ),
    TextKey.AGENT_FOUND: (
        "Nu chattar du med {agent}, som ser det du har skrivit hittills.",
        "Nu är någon här för dig och ser det du har skrivit hittills.",
    ),
    TextKey.QUEUED: "Alla är upptagna just nu. Häng kvar, så svarar vi så snart vi kan.",
    TextKey.CLOSED_NOW: "Tack för att du hör av dig! Vi har stängt just nu och har sparat ditt "
    "meddelande. Vi svarar när vi öppnar: {opening}",
    TextKey.SEEKING_AGAIN: "Vi letar efter någon annan åt dig. Alla dina meddelanden finns kvar.",
    TextKey.RESUMED: "Välkommen tillbaka! Vi hämtar någon åt dig; skriv gärna så länge.",
    TextKey.NO_AGENT: "Tyvärr kan ingen ta emot din chatt just nu. "
    "Vi har fått ditt meddelande och ser att du har skrivit.",
    TextKey.CLOSED_VISITOR: "Chatten är avslutad. Tack för att du hörde av dig!",
    TextKey.EXPIRED_VISITOR: "Det har varit tyst en stund, så vi har avslutat chatten. "
    "Tack för att du hörde av dig!",
    TextKey.LINK_USED: "Den här länken har redan använts från en annan telefon. "
    "Be om en ny där du hittade den.",
    TextKey.RIGHT_LINK: "Nästan rätt! Använd den här länken för att nå rätt nummer: {url}",
    TextKey.LINK_ENDED: "Den här länken gäller inte längre. Be om en ny där du hittade den.",
    TextKey.OUT_OF_SESSION_VISITOR: "Hej! Vi har ingen öppen chatt med dig här, så ingen ser "
    "ditt meddelande. Börja om från vår webbplats så hjälper vi dig.",
    TextKey.BLOCKED_VISITOR: "Tyvärr kan vi inte öppna någon chatt med dig här.",
    TextKey.OPTED_OUT: "Klart! Vi hör inte längre av oss till dig på eget initiativ, varken här "
    "eller med sms. Du kan fortfarande skriva till oss när du vill. Ångrar du dig, skriv START.",
    TextKey.OPTED_IN: "Välkommen tillbaka! Nu kan vi höra av oss till dig igen. "
    "Vill du slippa det, skriv STOPP.",
    TextKey.ASK_NUMBER: "Hej! Vi vet ännu inte vilken förfrågan som är din, så ingen ser ditt "
    "meddelande. Dela ditt nummer här nedanför så hittar vi den; bara vi ser det.",
    TextKey.CANNOT_RELAY_VISITOR: "Tyvärr kunde vi inte skicka vidare {kind}. "
    "Kan du beskriva med ord i stället?",
    TextKey.NOT_DELIVERED_VISITOR: "Tyvärr kom det här meddelandet inte fram. Försök gärna igen.",
    TextKey.UNREACHABLE_VISITOR: "Tyvärr kom det här meddelandet inte fram: "
    "den du chattar med går inte att nå på WhatsApp just nu.",
    TextKey.REFUSED_VISITOR: "Tyvärr släppte WhatsApp inte fram det här meddelandet. "
    "Försök gärna igen om en stund.",
    TextKey.TOO_LATE_VISITOR: "Tyvärr kom det här meddelandet inte fram: "
    "den du chattar med har varit borta i mer än ett dygn.",
    TextKey.MOVING_VISITOR: "Vi byter nummer. Din chatt fortsätter här: {url}",
    TextKey.MOVED_VISITOR: "Hej igen! Din chatt fortsätter här, på vårt nya nummer.",
    TextKey.MOVING_AGENT: "Det här numret byts ut. Din chatt fortsätter här: {url}",
    TextKey.MOVED_AGENT: "Din chatt fortsätter här, på det nya numret. Skriv som vanligt.",
    TextKey.BUSY_AS_AGENT: "Den här telefonen används redan i en annan chatt på det här numret. "
    "Öppna länken på en annan telefon.",
    TextKey.PREFILLED_LINK: "Hej! Jag vill gärna chatta med er. Min kod: {token}",
    TextKey.HELD_VISITOR: "Din kontakt är inte här just nu. Ditt meddelande är sparat, och vi"
    " har sagt till att du har skrivit.",
    TextKey.HELD_AGENT: "Besökaren har inte skrivit här på 24 timmar, så WhatsApp släpper inte "
    "fram det här än. Det är sparat; vi har bett dem öppna chatten, och"
    " då skickas det.",
    TextKey.KEEP_OPEN_VISITOR: "Det finns ett svar till dig här. Vill du hålla chatten öppen?",
    TextKey.KEEP_OPEN_AGENT: (
        "{name} har skrivit till dig. Tryck här nedanför eller svara, så att vi kan "
        "fortsätta nå dig.",
        "Din besökare har skrivit till dig. Tryck här nedanför eller svara, så att vi"
        " kan fortsätta nå dig.",
    ),
    TextKey.WINDOW_ENDS_AGENT: (
        "{name} väntar på ditt svar. Om två timmar stänger WhatsApp chatten för oss "
        "tills de skriver igen.",
        "Din besökare väntar på ditt svar. Om två timmar stänger WhatsApp chatten för"
        " oss tills de skriver igen.",
    ),
    TextKey.REOPEN_FAILED_VISITOR: "Vi når inte din kontakt just nu. Dina meddelanden är sparade.",
    TextKey.REOPEN_FAILED_AGENT: "Vi kunde inte nå besökaren. Dina meddelanden är sparade och "
    "skickas så snart de skriver.",
    TextKey.KEEP_OPEN: "Håll öppen",
    TextKey.FILE_TOO_LARGE: "Den här filen gick inte att skicka vidare: den är för stor. "
    "En fil får vara högst 100 MB.",
    TextKey.FILE_LOST: "Den här filen gick inte att skicka vidare: den kom inte hel fram till oss. "
    "Kan du skicka den igen?",
    TextKey.FILE_NOT_TAKEN: "Den här filen gick inte att skicka vidare: WhatsApp tar inte emot "
    "den här filtypen. Kan du skicka den i ett annat format?",
    TextKey.FORWARDED: "Vidarebefordrat:",
    TextKey.EDITED: "Ändrat:",
    TextKey.DELETED: "Ett tidigare meddelande har tagits bort.",
    TextKey.FROM_TEAM: "Från teamet:",
    TextKey.WHISPER: "Från ditt team (besökaren ser inte detta):",
    TextKey.OFFER: (
        "{name} vill chatta.\n{note}\n\nKan du ta chatten?",
        "En besökare vill chatta.\n{note}\n\nKan du ta chatten?",
    ),
    TextKey.OFFER_ACCEPT: "Ta chatten",
    TextKey.OFFER_DECLINE: "Avböj",
    TextKey.OFFER_NOTE: "Ny förfrågan",
    TextKey.AGENT_CARD: (
        "Nu chattar du med {name}. Allt du skriver här går fram till besökaren. "
        "Skicka /avsluta när ni är klara.\n{fields}",
        "Nu chattar du med besökaren. Allt du skriver här går fram. "
        "Skicka /avsluta när ni är klara.\n{fields}",
    ),
    TextKey.OFFER_TAKEN: "Tack! Chatten är inte längre ledig: "
    "någon annan har tagit den eller så är den avslutad.",
    TextKey.OFFER_EXPIRED: "Inget svar i tid, så chatten går vidare till någon annan. "
    "Det kommer fler.",
    TextKey.CLOSED_AGENT: "Chatten är avslutad. Det du skriver härifrån når inte längre besökaren.",
    TextKey.OUTCOME_ASKED: "Hur gick det?",
    TextKey.OUTCOME_SOLD: "Sålt",
    TextKey.OUTCOME_LOST: "Inte sålt",
    TextKey.OUTCOME_LATER: "Senare",
    TextKey.OUTCOME_NOTED: "Noterat, tack.",
    TextKey.EXPIRED_AGENT: "Chatten har avslutats eftersom det varit tyst så länge.",
    TextKey.CLOSED_BY_SYSTEM_AGENT: "Chatten har avslutats åt dig. "
    "Det du skriver härifrån når inte längre besökaren.",
    TextKey.BLOCKED_AGENT: (
        "{name} är blockerad och chatten är avslutad: inget mer från {name} når dig eller dina "
        "kollegor. Blev det fel kan din arbetsledare häva blockeringen.",
        "Besökaren är blockerad och chatten är avslutad: inget mer därifrån når dig eller dina "
        "kollegor. Blev det fel kan din arbetsledare häva blockeringen.",
    ),
    TextKey.NUDGE_AGENT: (
        "Det har varit tyst med {name} en stund. Skriv en rad, "
        "eller skicka /avsluta om ni är klara.",
        "Det har varit tyst med din besökare en stund. Skriv en rad, "
        "eller skicka /avsluta om ni är klara.",
    ),
    TextKey.REPLY_REMINDER: (
        "{name} väntar på ditt första svar.",
        "Din besökare väntar på ditt första svar.",
    ),
    TextKey.REPLY_LATE: (
        "Vi letar efter någon annan åt {name}, som har väntat länge. "
        "Det du skriver härifrån kommer inte fram.",
        "Vi letar efter någon annan åt din besökare, som har väntat länge. "
        "Det du skriver härifrån kommer inte fram.",
    ),
    TextKey.HELP_AGENT: "Det här kan du skicka:\n"
    "/avsluta – avsluta chatten (även: /avsluta såld och sedan en anteckning)\n"
    "/anteckna – spara en anteckning som besökaren inte ser\n"
    "/historik – det senaste som skrivits\n"
    "/överlämna – lämna över chatten (även: /överlämna anna och sedan en anteckning)\n"
    "/blockera – avsluta chatten och slippa höra mer från den här personen\n"
    "/vem – vem du chattar med\n"
    "/status – hur du ligger till\n"
    "/paus 2h – inga nya chattar på en stund\n"
    "/av, /på – inga nya chattar förrän du säger till\n"
    "/hjälp – den här listan\n"
    "Börja med // för att skicka en text som inleds med snedstreck.",
    TextKey.STATUS_FREE: "Du har ingen chatt här just nu. "
    "Vi skriver till dig när någon behöver dig.",
    TextKey.STATUS_ACTIVE: (
        "Du chattar med {name}. Skicka /avsluta när ni är klara.",
        "Du chattar med en besökare. Skicka /avsluta när ni är klara.",
    ),
    TextKey.STATUS_OFFERED: (
        "{name} väntar på ditt svar. Svara ja eller nej.",
        "En besökare väntar på ditt svar. Svara ja eller nej.",
    ),
    TextKey.STATUS_AVAILABLE: "Dina öppna chattar: {chats}. Du är tillgänglig för fler.",
    TextKey.STATUS_AWAY: (
        "Dina öppna chattar: {chats}. Du får inga nya förrän du skickar /på.",
        "Du har ingen öppen chatt och får ingen förrän du skickar /på.",
    ),
    TextKey.STATUS_PAUSED: (
        "Dina öppna chattar: {chats}. Du har paus i {time} till; skicka /på för att avsluta den.",
        "Du har ingen öppen chatt och paus i {time} till; skicka /på för att avsluta pausen.",
    ),
    TextKey.ON_AGENT: "Välkommen tillbaka! Du är tillgänglig för nya chattar.",
    TextKey.OFF_AGENT: "Du får inga nya chattar förrän du skickar /på.",
    TextKey.PAUSED_AGENT: "Du får inga nya chattar på {time}. Skicka /på för att avsluta pausen.",
    TextKey.PAUSE_HOW: "Hur länge? Skriv till exempel /paus 30m eller /paus 2h.",
    TextKey.PAUSED_BY_TEAM: "Ditt team har pausat dig: du får inga nya chattar på {time}. "
    "Skicka /på om du är redo tidigare.",
    TextKey.OFF_BY_TEAM: "Ditt team har pausat dig: du får inga nya chattar förrän du skickar /på.",
    TextKey.ON_BY_TEAM: "Ditt team har avslutat din paus: du får nya chattar igen. "
    "Skicka /av om du inte är på plats.",
    TextKey.MISSED_AGENT: "Du svarade inte på de senaste {count} chattarna som vi erbjöd dig, "
    "så du får inga fler på {time}. Skicka /på när du är tillbaka.",
    TextKey.STILL_YOURS: "Kvar hos dig: {chats}. De kan fortsätta skriva till dig. Skicka "
    "/överlämna i en chatt för att lämna över den; om någon väntar länge på ditt svar frågar vi "
    "en kollega.",
    TextKey.HAND_OVER: "Lämna över",
    TextKey.AWAY_ASKED: (
        "{name} väntar på svar medan du är borta, så vi har bett {agent} att ta över. "
        "Chatten är kvar hos dig tills någon tackar ja.",
        "Din besökare väntar på svar medan du är borta, så vi har bett en kollega att ta "
        "över. Chatten är kvar hos dig tills någon tackar ja.",
    ),
    TextKey.AWAY_WAITING: (
        "{name} väntar på svar och ingen annan är ledig just nu, så chatten är kvar hos dig. "
        "Kan du skriva en rad?",
        "Din besökare väntar på svar och ingen annan är ledig just nu, så chatten är kvar hos "
        "dig. Kan du skriva en rad?",
    ),
    TextKey.AWAY_NOTE: (
        "{agent} är borta, och ett svar väntas",
        "Din kollega är borta, och ett svar väntas",
    ),
    TextKey.NO_CONVERSATION_AGENT: "Du har ingen chatt här just nu, "
    "så ditt meddelande skickades inte vidare.",
    TextKey.NOTE_KEPT: "Anteckningen är sparad. Besökaren ser den inte.",
    TextKey.NOTE_EMPTY: "Skriv anteckningen efter kommandot, till exempel: "
    "/anteckna vill ha en röd cykel",
    TextKey.HISTORY: ("De senaste meddelandena:\n{lines}", "Inget har skrivits här än."),
    TextKey.TRANSFER_ASKED: (
        "Vi har frågat {agent}. Chatten är din tills någon tar över.",
        "Vi har frågat. Chatten är din tills någon tar över.",
    ),
    TextKey.TRANSFER_UNKNOWN: (
        "Ingen annan här heter så. Du kan lämna över chatten till: {names}.",
        "Det finns ingen annan som kan ta över chatten.",
    ),
    TextKey.TRANSFER_BUSY: (
        "{agent} kan inte ta någon chatt här just nu, så den är kvar hos dig. "
        "Skicka bara /överlämna för att fråga någon som är ledig.",
        "Kollegan kan inte ta någon chatt här just nu, så den är kvar hos dig. "
        "Skicka bara /överlämna för att fråga någon som är ledig.",
    ),
    TextKey.TRANSFER_NOBODY: "Ingen annan är ledig här just nu, så chatten är kvar hos dig.",
    TextKey.TRANSFER_UNDER_WAY: (
        "Vi väntar på svar från {agent}. Chatten är din så länge.",
        "Vi väntar på svar. Chatten är din så länge.",
    ),
    TextKey.TRANSFER_DECLINED: (
        "{agent} kan inte ta över, så chatten är kvar hos dig.",
        "Kollegan kan inte ta över, så chatten är kvar hos dig.",
    ),
    TextKey.TRANSFER_UNANSWERED: (
        "{agent} har inte svarat, så chatten är kvar hos dig.",
        "Kollegan har inte svarat, så chatten är kvar hos dig.",
    ),
    TextKey.TRANSFER_NOTE: (
        "Överlämnas av {agent}. {note}",
        "Överlämnas av en kollega. {note}",
    ),
    TextKey.TRANSFERRED_AGENT: (
        "{agent} har tagit över. Det du skriver härifrån når inte längre besökaren.",
        "En kollega har tagit över. Det du skriver härifrån når inte längre besökaren.",
    ),
    TextKey.TRANSFER_BY_TEAM: (
        "Ditt team har bett {agent} ta över chatten. Den är din tills {agent} tackar ja.",
        "Ditt team har bett en kollega ta över chatten. Den är din tills kollegan tackar ja.",
    ),
    TextKey.TEAM_WROTE: "Ditt team har skrivit till besökaren:",
    TextKey.WHO: (
        "Du chattar med {name}.\n{fields}",
        "Du chattar med en besökare som inte uppgett något namn.\n{fields}",
    ),
    TextKey.UNKNOWN_COMMAND: "Jag känner inte till {command}, så inget skickades. "
    "Skicka /hjälp för en lista, eller börja med // för att skicka texten som den är.",
    TextKey.CANNOT_RELAY_AGENT: "Tyvärr gick det inte att skicka vidare {kind} till besökaren. "
    "Kan du beskriva med ord i stället?",
    TextKey.NOT_DELIVERED_AGENT: "Det här meddelandet kom inte fram till besökaren.",
    TextKey.UNREACHABLE_AGENT: "Det här meddelandet kom inte fram: besökaren går inte att nå på "
    "WhatsApp. Kanske finns kontot inte kvar, eller så har besökaren blockerat numret.",
    TextKey.REFUSED_AGENT: "WhatsApp släppte inte fram det här meddelandet till besökaren.",
    TextKey.TOO_LATE_AGENT: "Det här meddelandet kom inte fram: besökaren skrev senast för mer än "
    "24 timmar sedan, och WhatsApp låter dig svara först när besökaren skriver igen.",
    TextKey.STUCK_AGENT: "Något har gått fel hos oss i den här chatten, så just nu kommer inget "
    "fram åt något håll. Inget går förlorat: det fortsätter när vi har rättat felet.",
    TextKey.MAYBE_LOST_AGENT: "Ett meddelande från besökaren kanske inte har nått dig.",
    TextKey.MAYBE_LOST_VISITOR: "Ditt senaste meddelande kanske inte har nått besökaren.",
    TextKey.SHOW_IT: "Visa det",
    TextKey.SEND_AGAIN: "Skicka igen",
}
