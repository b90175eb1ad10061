"""The automatic texts in Spanish."""

from typing import Final

from kaisa_relay.domain.texts.keys import TextKey, Texts

TEXTS: Final[Texts] = {
    TextKey.SEEKING: (
        "¡Hola, {name}! Gracias por escribirnos. Estamos buscando a la persona indicada; "
        "mientras tanto, puedes contarnos en qué te ayudamos.",
        "¡Hola! Gracias por escribirnos. Estamos buscando a la persona indicada; "
        "mientras tanto, puedes contarnos en qué te ayudamos.",
    ),
    TextKey.AGENT_FOUND: (
        "Ya estás hablando con {agent}, que puede ver lo que has escrito hasta ahora.",
        "Ya hay alguien aquí para ayudarte, que puede ver lo que has escrito hasta ahora.",
    ),
    TextKey.QUEUED: "En este momento todo el equipo está ocupado. "
    "No te vayas: te atenderemos lo antes posible.",
    TextKey.CLOSED_NOW: "¡Gracias por escribirnos! Ahora estamos cerrados y hemos guardado tu "
    "mensaje. Te responderemos cuando abramos: {opening}",
    TextKey.SEEKING_AGAIN: "Estamos buscando a otra persona para ti. Tenemos todos tus mensajes.",
    TextKey.RESUMED: "¡Hola de nuevo! Estamos avisando a alguien; "
    "mientras tanto puedes seguir escribiendo.",
    TextKey.NO_AGENT: "Lo sentimos, ahora mismo nadie puede atenderte. "
    "Tenemos tu mensaje y el equipo sabe que nos has escrito.",
    TextKey.CLOSED_VISITOR: "Esta conversación ha terminado. ¡Gracias por escribirnos!",
    TextKey.EXPIRED_VISITOR: "Como ha pasado un rato sin mensajes, hemos cerrado la conversación. "
    "¡Gracias por escribirnos!",
    TextKey.LINK_USED: "Este enlace ya se ha usado desde otro teléfono. "
    "Por favor, pide uno nuevo donde lo encontraste.",
    TextKey.RIGHT_LINK: "¡Casi! Usa este enlace para llegar al número correcto: {url}",
    TextKey.LINK_ENDED: "Este enlace ya no es válido. "
    "Por favor, pide uno nuevo donde lo encontraste.",
    TextKey.OUT_OF_SESSION_VISITOR: "¡Hola! No tenemos ninguna conversación abierta contigo aquí, "
    "así que nadie vería tu mensaje. Para hablar con nosotros, vuelve a empezar en nuestra web.",
    TextKey.BLOCKED_VISITOR: "Lo sentimos, no podemos abrir una conversación contigo aquí.",
    TextKey.OPTED_OUT: "Hecho: ya no te escribiremos por iniciativa propia, ni por aquí ni por "
    "SMS. Puedes seguir escribiéndonos cuando quieras. Si cambias de idea, escribe ALTA.",
    TextKey.OPTED_IN: "¡Hola de nuevo! Podremos volver a escribirte por iniciativa propia. "
    "Si no quieres, escribe BAJA.",
    TextKey.ASK_NUMBER: "¡Hola! Aún no sabemos cuál es tu consulta, así que nadie vería tu "
    "mensaje. Comparte tu número aquí abajo y la encontraremos; solo lo veremos nosotros.",
    TextKey.CANNOT_RELAY_VISITOR: "Lo sentimos, no hemos podido hacer llegar {kind}. "
    "¿Nos lo cuentas con palabras?",
    TextKey.NOT_DELIVERED_VISITOR: "Lo sentimos, este mensaje no ha llegado. "
    "Por favor, inténtalo de nuevo.",
    TextKey.UNREACHABLE_VISITOR: "Lo sentimos, este mensaje no ha llegado: "
    "ahora mismo no podemos localizar por WhatsApp a la persona con quien hablas.",
    TextKey.REFUSED_VISITOR: "Lo sentimos, WhatsApp no ha dejado pasar este mensaje. "
    "Por favor, inténtalo de nuevo más tarde.",
    TextKey.TOO_LATE_VISITOR: "Lo sentimos, este mensaje no ha llegado: "
    "la persona con quien hablas lleva más de un día ausente.",
    TextKey.MOVING_VISITOR: "Cambiamos de número. Tu conversación sigue aquí: {url}",
    TextKey.MOVED_VISITOR: "¡Hola de nuevo! Tu conversación sigue aquí, en nuestro número nuevo.",
    TextKey.MOVING_AGENT: "Este número se sustituye. Tu conversación sigue aquí: {url}",
    TextKey.MOVED_AGENT: "Tu conversación sigue aquí, en el número nuevo. Escribe como siempre.",
    TextKey.BUSY_AS_AGENT: "Este teléfono ya está en otra conversación con este número. "
    "Por favor, abre el enlace en otro teléfono.",
    TextKey.PREFILLED_LINK: "¡Hola! Me gustaría hablar con alguien. Mi código: {token}",
    TextKey.HELD_VISITOR: "Tu contacto no está ahora mismo. Guardamos tu mensaje y le hemos "
    "avisado de que has escrito.",
    TextKey.HELD_AGENT: "La otra persona no escribe aquí desde hace 24 horas y WhatsApp aún no "
    "deja pasar esto. Queda guardado: le hemos pedido que vuelva a escribir y entonces le llegará.",
    TextKey.KEEP_OPEN_VISITOR: "Aquí tienes una respuesta. "
    "¿Quieres mantener abierta esta conversación?",
    TextKey.KEEP_OPEN_AGENT: (
        "{name} te ha escrito. Toca abajo o responde para que podamos seguir avisándote.",
        "Te han escrito. Toca abajo o responde para que podamos seguir avisándote.",
    ),
    TextKey.WINDOW_ENDS_AGENT: (
        "{name} espera tu respuesta. En dos horas WhatsApp nos cierra la conversación hasta "
        "que vuelva a escribir.",
        "Esperan tu respuesta. En dos horas WhatsApp nos cierra la conversación hasta que "
        "vuelvan a escribir.",
    ),
    TextKey.REOPEN_FAILED_VISITOR: "Ahora mismo no podemos avisar a tu contacto. Guardamos tus "
    "mensajes.",
    TextKey.REOPEN_FAILED_AGENT: "No hemos podido avisar a la otra persona. "
    "Guardamos tus mensajes y le llegarán cuando escriba.",
    TextKey.KEEP_OPEN: "Mantener abierto",
    TextKey.FILE_TOO_LARGE: "No hemos podido hacer llegar este archivo: es demasiado grande. "
    "El máximo son 100 MB.",
    TextKey.FILE_LOST: "No hemos podido hacer llegar este archivo: no lo hemos recibido entero. "
    "¿Puedes enviarlo otra vez?",
    TextKey.FILE_NOT_TAKEN: "No hemos podido hacer llegar este archivo: WhatsApp no admite "
    "archivos de este tipo. ¿Puedes enviarlo en otro formato?",
    TextKey.FORWARDED: "Reenviado:",
    TextKey.EDITED: "Editado:",
    TextKey.DELETED: "Se ha eliminado un mensaje anterior.",
    TextKey.FROM_TEAM: "Del equipo:",
    TextKey.WHISPER: "De tu equipo (la otra persona no lo ve):",
    TextKey.OFFER: (
        "{name} quiere hablar con alguien.\n{note}\n\n¿Te encargas?",
        "Una persona quiere hablar con alguien.\n{note}\n\n¿Te encargas?",
    ),
    TextKey.OFFER_ACCEPT: "Aceptar",
    TextKey.OFFER_DECLINE: "Ahora no",
    TextKey.OFFER_NOTE: "Nueva consulta",
    TextKey.AGENT_CARD: (
        "Ya estás hablando con {name}. Todo lo que escribas aquí le llegará; "
        "envía /cerrar cuando termines.\n{fields}",
        "Ya estás hablando con la persona interesada. Todo lo que escribas aquí le llegará; "
        "envía /cerrar cuando termines.\n{fields}",
    ),
    TextKey.OFFER_TAKEN: "¡Gracias! Esta conversación ya no está disponible: "
    "la ha tomado otra persona o ha terminado.",
    TextKey.OFFER_EXPIRED: "No ha habido respuesta a tiempo, así que la conversación pasa a otra "
    "persona. Ya habrá más.",
    TextKey.CLOSED_AGENT: "La conversación está cerrada. Lo que escribas a partir de ahora "
    "ya no le llegará.",
    TextKey.OUTCOME_ASKED: "¿Cómo ha ido?",
    TextKey.OUTCOME_SOLD: "Vendido",
    TextKey.OUTCOME_LOST: "Sin venta",
    TextKey.OUTCOME_LATER: "Más adelante",
    TextKey.OUTCOME_NOTED: "Anotado, gracias.",
    TextKey.EXPIRED_AGENT: "La conversación se ha cerrado "
    "porque llevaba mucho tiempo sin mensajes.",
    TextKey.CLOSED_BY_SYSTEM_AGENT: "Se ha cerrado la conversación por ti. "
    "Lo que escribas a partir de ahora ya no le llegará.",
    TextKey.BLOCKED_AGENT: (
        "Has bloqueado a {name} y la conversación está cerrada: tu equipo no recibirá nada más de "
        "esa persona. Si ha sido un error, alguien de supervisión puede quitar el bloqueo.",
        "La persona está bloqueada y la conversación cerrada: tu equipo no recibirá nada más de "
        "ella. Si ha sido un error, alguien de supervisión puede quitar el bloqueo.",
    ),
    TextKey.NUDGE_AGENT: (
        "Hace un rato que no hay mensajes con {name}. Escribe unas palabras "
        "o envía /cerrar si ya está todo resuelto.",
        "Hace un rato que no hay mensajes en tu conversación. Escribe unas palabras "
        "o envía /cerrar si ya está todo resuelto.",
    ),
    TextKey.REPLY_REMINDER: (
        "{name} espera tu primera respuesta.",
        "Hay una persona que espera tu primera respuesta.",
    ),
    TextKey.REPLY_LATE: (
        "Estamos buscando a otra persona para {name}, que lleva mucho tiempo esperando. "
        "Lo que escribas a partir de ahora ya no le llegará.",
        "Estamos buscando a otra persona para quien espera desde hace mucho. "
        "Lo que escribas a partir de ahora ya no le llegará.",
    ),
    TextKey.HELP_AGENT: "Puedes enviar:\n"
    "/cerrar – terminar la conversación (también: /cerrar vendido y una nota)\n"
    "/nota – guardar una nota que la otra persona no ve\n"
    "/historial – los últimos mensajes\n"
    "/pasar – pasar la conversación (también: /pasar ana y una nota)\n"
    "/bloquear – terminar la conversación y no recibir nada más de esta persona\n"
    "/quien – con quién estás hablando\n"
    "/estado – cuál es tu situación\n"
    "/pausa 2h – ninguna conversación nueva por un rato\n"
    "/desactivar, /activar – ninguna nueva hasta que avises\n"
    "/ayuda – esta lista\n"
    "Empieza con // para enviar un texto que comience con una barra.",
    TextKey.STATUS_FREE: "Ahora mismo no tienes ninguna conversación aquí. "
    "Te escribiremos cuando alguien te necesite.",
    TextKey.STATUS_ACTIVE: (
        "Estás hablando con {name}. Envía /cerrar cuando termines.",
        "Tienes una conversación abierta. Envía /cerrar cuando termines.",
    ),
    TextKey.STATUS_OFFERED: (
        "{name} espera tu respuesta. Contesta sí o no.",
        "Hay alguien que espera tu respuesta. Contesta sí o no.",
    ),
    TextKey.STATUS_AVAILABLE: "Tus conversaciones abiertas: {chats}. Puedes recibir más.",
    TextKey.STATUS_AWAY: (
        "Tus conversaciones abiertas: {chats}. No recibirás otras hasta que envíes /activar.",
        "No tienes ninguna conversación abierta ni recibirás otras hasta que envíes /activar.",
    ),
    TextKey.STATUS_PAUSED: (
        "Tus conversaciones abiertas: {chats}. Estás en pausa durante {time} más; "
        "envía /activar para terminarla.",
        "No tienes ninguna conversación abierta y estás en pausa durante {time} más; "
        "envía /activar para terminarla.",
    ),
    TextKey.ON_AGENT: "¡Hola de nuevo! Ya puedes recibir conversaciones.",
    TextKey.OFF_AGENT: "No recibirás conversaciones nuevas hasta que envíes /activar.",
    TextKey.PAUSED_AGENT: "No recibirás conversaciones nuevas durante {time}. "
    "Envía /activar para terminar la pausa.",
    TextKey.PAUSE_HOW: "¿Cuánto tiempo? Escribe por ejemplo /pausa 30m o /pausa 2h.",
    TextKey.PAUSED_BY_TEAM: "Tu equipo te ha puesto en pausa: no recibirás conversaciones nuevas "
    "durante {time}. Envía /activar si estás antes.",
    TextKey.OFF_BY_TEAM: "Tu equipo te ha puesto en pausa: no recibirás conversaciones nuevas "
    "hasta que envíes /activar.",
    TextKey.ON_BY_TEAM: "Tu equipo ha terminado tu pausa: vuelves a recibir conversaciones. "
    "Envía /desactivar si no estás.",
    TextKey.MISSED_AGENT: "No respondiste a las últimas {count} conversaciones que te ofrecimos, "
    "así que no recibirás más durante {time}. Envía /activar cuando vuelvas.",
    TextKey.STILL_YOURS: "Siguen contigo: {chats}. Pueden seguir escribiéndote. Para pasar una "
    "conversación, envía /transferir en ella; si alguien espera mucho tu respuesta, preguntamos a "
    "otra persona del equipo.",
    TextKey.HAND_OVER: "Pasar",
    TextKey.AWAY_ASKED: (
        "{name} espera una respuesta y no estás, así que hemos pedido a {agent} que se encargue. "
        "La conversación sigue contigo hasta que la acepte.",
        "Tu visitante espera una respuesta y no estás, así que hemos pedido a otra persona que se "
        "encargue. La conversación sigue contigo hasta que la acepte.",
    ),
    TextKey.AWAY_WAITING: (
        "{name} espera una respuesta y no hay nadie más libre ahora, así que la conversación sigue "
        "contigo. ¿Puedes escribirle unas palabras?",
        "Tu visitante espera una respuesta y no hay nadie más libre ahora, así que la conversación "
        "sigue contigo. ¿Puedes escribirle unas palabras?",
    ),
    TextKey.AWAY_NOTE: (
        "{agent} no está y se espera una respuesta",
        "La otra persona no está y se espera una respuesta",
    ),
    TextKey.NO_CONVERSATION_AGENT: "Ahora mismo no tienes ninguna conversación aquí, "
    "así que tu mensaje no se ha enviado a nadie.",
    TextKey.NOTE_KEPT: "La nota está guardada. La otra persona no la ve.",
    TextKey.NOTE_EMPTY: "Escribe la nota después del comando, por ejemplo: "
    "/nota quiere una bicicleta roja",
    TextKey.HISTORY: ("Los últimos mensajes:\n{lines}", "Aquí todavía no se ha dicho nada."),
    TextKey.TRANSFER_ASKED: (
        "Hemos preguntado a {agent}. La conversación es tuya hasta que alguien la acepte.",
        "Hemos preguntado. La conversación es tuya hasta que alguien la acepte.",
    ),
    TextKey.TRANSFER_UNKNOWN: (
        "Aquí nadie más se llama así. Puedes pasar la conversación a: {names}.",
        "No hay nadie más a quien pasar esta conversación.",
    ),
    TextKey.TRANSFER_BUSY: (
        "{agent} no puede atender a nadie aquí en este momento, así que la conversación sigue "
        "contigo. Envía solo /pasar para preguntar a quien esté libre.",
        "Esa persona no puede atender a nadie aquí en este momento, así que la conversación sigue "
        "contigo. Envía solo /pasar para preguntar a quien esté libre.",
    ),
    TextKey.TRANSFER_NOBODY: "Ahora mismo no hay nadie más libre aquí, "
    "así que la conversación sigue contigo.",
    TextKey.TRANSFER_UNDER_WAY: (
        "Estamos esperando la respuesta de {agent}. Mientras tanto, la conversación sigue contigo.",
        "Estamos esperando una respuesta. Mientras tanto, la conversación sigue contigo.",
    ),
    TextKey.TRANSFER_DECLINED: (
        "{agent} no puede tomar la conversación, así que sigue contigo.",
        "La otra persona no puede tomar la conversación, así que sigue contigo.",
    ),
    TextKey.TRANSFER_UNANSWERED: (
        "{agent} no ha respondido, así que la conversación sigue contigo.",
        "La otra persona no ha respondido, así que la conversación sigue contigo.",
    ),
    TextKey.TRANSFER_NOTE: (
        "Te la pasa {agent}. {note}",
        "Te la pasa otra persona del equipo. {note}",
    ),
    TextKey.TRANSFERRED_AGENT: (
        "{agent} ha tomado la conversación. Lo que escribas a partir de ahora ya no llegará.",
        "Otra persona ha tomado la conversación. Lo que escribas a partir de ahora ya no llegará.",
    ),
    TextKey.TRANSFER_BY_TEAM: (
        "Tu equipo ha preguntado a {agent} si toma esta conversación. Es tuya hasta que la acepte.",
        "Tu equipo ha preguntado a otra persona si toma esta conversación. "
        "Es tuya hasta que la acepte.",
    ),
    TextKey.TEAM_WROTE: "Tu equipo ha escrito a la otra persona:",
    TextKey.WHO: (
        "Estás hablando con {name}.\n{fields}",
        "Estás hablando con alguien que no ha dado su nombre.\n{fields}",
    ),
    TextKey.UNKNOWN_COMMAND: "No conozco {command}, así que no se ha enviado nada. "
    "Envía /ayuda para ver la lista, o empieza con // para enviarlo tal cual.",
    TextKey.CANNOT_RELAY_AGENT: "Lo sentimos, no hemos podido hacer llegar {kind}. "
    "¿Puedes contarlo con palabras?",
    TextKey.NOT_DELIVERED_AGENT: "Este mensaje no ha llegado a la otra persona.",
    TextKey.UNREACHABLE_AGENT: "Este mensaje no ha llegado: no se puede localizar a la otra "
    "persona por WhatsApp. Puede que ya no lo use o que haya bloqueado este número.",
    TextKey.REFUSED_AGENT: "WhatsApp no ha dejado pasar este mensaje a la otra persona.",
    TextKey.TOO_LATE_AGENT: "Este mensaje no ha llegado: la otra persona escribió por última vez "
    "hace más de 24 horas y WhatsApp solo te deja responder cuando vuelva a escribir.",
    TextKey.STUCK_AGENT: "Algo ha fallado de nuestro lado en esta conversación y por ahora "
    "no pasa nada en ningún sentido. No se pierde nada: seguirá cuando lo hayamos arreglado.",
    TextKey.MAYBE_LOST_AGENT: "Puede que no te haya llegado un mensaje de la otra persona.",
    TextKey.MAYBE_LOST_VISITOR: "Puede que tu último mensaje no haya llegado a la otra persona.",
    TextKey.SHOW_IT: "Mostrar",
    TextKey.SEND_AGAIN: "Enviar de nuevo",
}
