"""Small menus of the tests' own: SMALL asks nothing of the program, MARKET has of everything."""

from __future__ import annotations

from menus.program import Program

WORDS = """\
words:
  back:   {en: "Back", sw: "Rudi"}
  home:   {en: "Home", sw: "Mwanzo"}
  more:   {en: "More", sw: "Zaidi"}
  wrong:  {en: "Please use a number shown.", sw: "Tumia nambari iliyopo."}
  length: {en: "Too short or too long.", sw: "Fupi au ndefu mno."}
  resume: {en: "Finish your last call?", sw: "Maliza simu yako?"}
  go_on:  {en: "Continue", sw: "Endelea"}
  afresh: {en: "Start again", sw: "Anza upya"}
  sorry:  {en: "Sorry. Please dial again later.", sw: "Samahani. Piga tena baadaye."}
"""

SMALL = f"""\
# A menu about paint.
menu: small
languages: [en, sw]
start: home

{WORDS}
screens:

  home:
    say: {{en: "The paint line", sw: "Laini ya rangi"}}   # seen first
    choose:
      1: {{en: "Choose a colour", sw: "Chagua rangi", go: colour}}
      2: {{en: 'What "paint" is', sw: 'Rangi ni nini', go: about}}

  colour:
    say: {{en: "Which colour?", sw: "Rangi gani?"}}
    choose:
      1: {{en: "Red", sw: "Nyekundu", save: red}}
      2: {{en: "Blue", sw: "Samawati", save: blue}}
    save: colour
    go: chosen

  chosen:
    end:
      en: "You chose {{colour}}."
      sw: "Umechagua {{colour}}."

  about:
    end: {{all: "Paint / Rangi"}}
"""

MARKET = f"""\
menu: market
languages: [en, sw]
start: home
first: language

{WORDS}
screens:
  language:
    say: {{all: "Language / Lugha"}}
    choose:
      1: {{all: "English", save: en}}
      2: {{all: "Kiswahili", save: sw}}
    save: language
    go: home
  home:
    say: {{en: "Market", sw: "Soko"}}
    choose:
      1: {{en: "Order", sw: "Agiza", go: stall}}
      2: {{en: "Your orders", sw: "Maagizo yako", go: closed, when: is_known}}
      3: {{all: "Language / Lugha", go: language}}
  stall:
    say: {{en: "Which stall?", sw: "Kibanda kipi?"}}
    pick: {{from: stalls, longest: 20, empty: closed}}
    save: stall
    go: wish
  wish:
    say: {{en: "What would you like from {{stall}}?", sw: "Ungependa nini kutoka {{stall}}?"}}
    ask: {{text: 3 to 20}}
    save: wish
    go: confirm
  confirm:
    say: {{all: "{{stall}}: {{wish}}"}}
    choose:
      1: {{en: "Send", sw: "Tuma", do: order, go: {{placed: end, full: closed}}}}
      2: {{en: "Change", sw: "Badilisha", go: wish}}
  end:
    end: {{en: "Thank you. Your number is {{ref}}.", sw: "Asante. Nambari yako ni {{ref}}."}}
  closed:
    end: {{en: "The stall is closed.", sw: "Kibanda kimefungwa."}}
"""


def market_program() -> Program:
    """Only declared: nothing here is called."""
    program = Program()
    program.listing("stalls", longest=20)(list)
    program.listing("shops", longest=20)(list)
    program.guard("is_known")(bool)
    program.action("order", outcomes=["placed", "full"], gives={"ref": 8})(dict)
    return program
