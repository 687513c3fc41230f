"""Messages in several languages, of which some got a copy of the one they answer since they were annotated."""

from random import Random

from support.versions import Drifted

_NAMES = {
    "el": ["Νίκος Αλεξίου", "Αλεξίου", "Πειραιάς", "Λιμάνι Πειραιά", "Ελένη Δούκα", "Δούκα", "Αθήνα", "Χίος"],
    "hy": ["Արև Պետրոսյան", "Պետրոսյան", "Երևան", "Սևան", "Ծովինար Գևորգյան", "Գևորգյան", "Գյումրի"],
    "ja": ["ハルカワ商事", "ハルカワ", "佐藤ケンジ", "佐藤", "東京", "東京港", "ミナト銀行", "電機"],
    "ko": ["김민수", "민수", "서울", "서울항", "한강물산", "이영희", "영희", "부산"],
    "pl": ["Zofia Święch", "Święch", "Gdańsk", "Port Gdańsk", "Łódź", "Kraków"],
}
_VERBS = {
    "el": [" συνάντησε: ", " έγραψε σε: ", " ευχαρίστησε: ", " μήνυσε: "],
    "hy": [" հանդիպեց՝ ", " գրեց՝ ", " դատի տվեց՝ "],
    "ja": ["は会った、", "は批判した、", "は感謝した、", "は訴えた、"],
    "ko": [" 만났다: ", " 편지를 썼다: ", " 비판했다: "],
    "pl": [" napisał do: ", " spotkał: ", " pozwał: "],
}
_ENDS = {
    "el": [" το πρωί.", " χωρίς σχόλιο.", " μετά την ακρόαση.", " στην προβλήτα."],
    "hy": [" առավոտյան։", " նավահանգստում։", " առանց մեկնաբանության։"],
    "ja": ["公聴会の後で。", "今朝。", "港で。", "約 5 ㎏ の書類を持って。"],
    "ko": [" 청문회 뒤에.", " 오늘 아침.", " 항구에서."],
    "pl": [" rano.", " bez komentarza.", " po rozprawie.", " w porcie."],
}


def replies(random: Random) -> Drifted:
    """The messages as they are, with the spans of the messages as they were."""
    language = random.choice(list(_NAMES))
    share, separator = random.choice((0.1, 0.2, 0.3)), random.choice(("\n", "\n\n", " "))
    text, old, messages, spans, places = "", 0, [""], [], []
    for _ in range(random.choice((14, 30, 50))):
        names = random.sample(_NAMES[language], 2)
        between, end = random.choice(_VERBS[language]), random.choice(_ENDS[language]) + separator
        messages.append(names[0] + between + names[1] + end)
        if random.random() < share:
            copied = messages[-random.choice((1, 1, 2, 3)) :][0]
            text += random.choice(("", "", "> ", ">> ", f"RE:{separator}> ")) + copied
        for name, behind in zip(names, (between, end), strict=True):
            if random.random() < 0.85:
                spans.append((old, old + len(name), name))
                places.append((len(text), len(text) + len(name)))
            old += len(name + behind)
            text += name + behind
    return Drifted(text, spans, list(places))
