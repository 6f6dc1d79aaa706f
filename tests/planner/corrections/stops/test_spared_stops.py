"""Stop words that are an order and that are none, cries that are, and sayings that are not."""

from __future__ import annotations

import pytest

from sayso.bench.language.negated import SCENE as TABLE
from sayso.model_store import PACKAGED
from sayso.planner.corrections.text import cries_out, is_stop
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Refusal
from tests.planner.corrections.reading import read

PLANNER = LocalPlanner(PACKAGED)


def sentences(text: str) -> list[str]:
    return [" ".join(t.split()) for t in text.split(";")]


STOPS = """don't! stop!; no no stop; do not go on, stop there;
why don't you stop!; why don't you stop; why won't you stop;
will you not stop; can you not stop!; it does not stop!; it will not stop!; don't do that stop; dont touch it
stop; never mind stop; not so fast stop; I told you to stop; I said stop!; didn't I tell you to stop?!; did I
not say stop?; haven't I said stop; when I say stop, you stop!; if you don't mind, stop; if you please, stop; if
you could stop; if you can hear me, stop; stop if it wobbles; please stop, you need not go on; you needn't go
on, stop; you mustn't do that, stop; you don't have to do this. stop.; I don't care, stop; I did not tell you to
go on. Stop.; who told you to move? stop!; do I have to say stop; I have to say stop; he says stop; the boss
says stop; somebody said stop; she wants you to stop; tell it to stop; I want you to stop; do I need to say stop
twice?; I'm not joking, stop; not that, stop; no, not there, stop; don't, please stop; do not, for god's sake,
stop; if that's my arm, stop!; once more: stop; once and for all, stop; stop! don't go on; nobody move, stop;
don't stop? no, stop!; shouldn't you stop?; couldn't you stop; can't you stop; would you stop; you should stop;
you must stop; you have to stop now; before you hurt somebody, stop; how do I stop you?; how do i stop this
thing; make it stop; I can't make it stop; I cannot get it to stop; where is the stop button; stop, not now but
right away; stop, or else; halt; do not move, halt!; no stop; stop not later; Did I tell you to stop or not?!; I
don't want to, stop; I don't want this, stop; don't go left. stop; I never said go on! stop!; you needn't stop
there - stop here!; not another inch, stop; you will stop now; if you hear me stop; when are you going to stop;
when will it stop; do you ever stop; don't just stand there, stop!; stop stop stop; you need to not do that,
stop; I did not tell you to do that, stop!; I said don't go there, stop; don't you hear me? stop; do not do
anything, stop; I wish you would stop; why not stop; please, won't you stop; if it's all the same to you, stop;
if it isn't too much trouble, stop; there is no need to go on, stop; wait stop; I do not understand, stop; no
reason to continue, stop; I didn't want that. Stop; you're not listening, stop; if you know what's good for you,
stop; you shouldn't do that stop; stop right now if you can hear me; when I tell you to, stop; nobody told you
to do that, stop; never do that, stop; don't come closer, freeze!; the moment has come to stop; if I say stop,
stop; I asked you to stop; only stop; just stop; did you stop? then stop; did I say stop? yes, stop!"""


@pytest.mark.parametrize("text", sentences(STOPS))
def test_in_doubt_a_stop_word_stops(text: str) -> None:
    assert is_stop(text) and read(text).level == "stop"


NO_STOPS = """I did not told you to stop; I didn't tell you to stop;
you mustn't stop for me; you needn't stop for me; You
don't need to stop on my account; you do not have to stop; Do not, while the camera is still recording, stop.;
If I say three, then you stop, not now; I yell stop, you stop. Otherwise crack on.; Who told you to stop?; Who
said stop?; I never said stop; nobody told you to stop; no one said stop; I don't want you to stop; there is no
need to stop; no need to stop; no reason to stop; there's no call for you to stop; you must not stop; you should
not stop; you shouldn't stop here; did I say stop?; what made you stop?; don't stop; never ever stop; do not
ever stop; don't you dare stop; without a stop; don't let it stop; no one asked you to stop; I haven't told you
to stop; I didn't ask you to stop; I am not asking you to stop; I don't think you should stop; if it wobbles,
stop; if the tower starts to lean, then stop; should the light go red, stop; if he waves at you, stop; once you
reach the bowl, stop; only stop when I whistle; you only stop if I raise the flag; I was at the bus stop; the
bus stop is over there; you are not to stop; you're not supposed to stop; better not stop; You had better not
stop now; please do not ever stop; stop only if I say so; My mother didn't tell you to stop; should I tell you
to stop?; you need not stop just because I am walking past; if I shout banana, you stop, not before; when I say
stop you stop, not yet; until then carry on; don't suddenly stop; could you please not stop;
you have no need to stop; there's really no reason for you to stop now; nobody here said stop; I never asked you
to stop; I certainly didn't say stop; it isn't necessary to stop; stopping is not necessary; please, never stop;
who on earth told you to stop?; who the hell said stop?; did anybody say stop?; had I told you to stop?; if I
ever say halt, halt, until then keep going; when the timer rings, stop; if you see smoke, stop; if the block
slips, stop; should it start to wobble, stop; I'll tell you when to stop; he didn't say stop; my wife didn't say
stop, I did not either; you don't have to halt; don't halt; no need to freeze; do not freeze; you aren't
supposed to stop yet; not supposed to stop here; without stopping; non-stop; keep going without a stop; why did
you stop?; when did you stop?"""


@pytest.mark.parametrize("text", sentences(NO_STOPS))
def test_a_stop_word_that_is_clearly_no_order_does_not_stop(text: str) -> None:
    found = read(text)
    assert found.level in ("resume", "ask", "unknown", "remark") and found.motion is None, found


@pytest.mark.parametrize(
    "text",
    ["you mustn't stop for me", "I did not told you to stop", "there's no need to stop", "nobody told you to stop"],
)
def test_what_says_that_no_stop_is_needed_carries_on(text: str) -> None:
    assert read(text).level == "resume"


def test_a_stop_that_is_conditional_or_asked_about_is_asked_back() -> None:
    assert read("If I say three, then you stop, not now.").level == "ask"
    assert "\n" not in read("Who told you to stop?").read_as


CRIES = """Oi, fingers! Down there, under the block, fingers!;
careful, the kitty just jumped on the table right under
you!!; eek, my finger's stuck; that tea's gone right down my arm, that's hot!; Christ, my thumb! Don't move a
bloody thing!; me hand, me hand!; mind the cat; the toddler is reaching for the bowl; there is somebody's arm in
the way; it's on my hand; hey, there's a kid under the table; a child is right next to you; careful, hair!; my
hair is in the gripper; I burnt myself; the coffee spilled all over the table; blood!; I am bleeding; you're
squashing my pinky; you've got my sleeve; my lanyard is caught; watch the dog; watch out for the baby; look out,
granny is behind you; mind those fingers; hands!; watch your fingers; the kitten is on the bench; someone is
leaning over the table; there's a person standing in your path; quick, the baby's grabbing the cable; oh god,
the parrot!; I cut myself on the edge; the glass has shattered; there's water everywhere; it's burning me; it
burns; you hit me; you just hit me in the face; ooh my knuckles; my wrist, my wrist!; there's a wasp on the
gripper; the puppy's tail is under the block; grandma has her hand in there; careful with my hair; her scarf is
tangled in the arm; something is smoking; sparks are coming out; the cable is on fire; it stung; that's my foot;
not my foot!; oh no my glasses; mercy!; the hamster got out and is running across the table; people in the
workspace!; there are children around the table; a boy just stepped in front of you; you are pinching the girl;
I'm trapped; kids!; your arm is against my chest; I can't get my hand out; my fingers are underneath; thumb!
thumb!; the lady's necklace got caught; owww; yowch; that's boiling water; you're strangling me; the cat is
sleeping in the bowl; the dog grabbed the cable; someone's finger is in there; careful, a finger; ahh the baby
is crawling to it; the intern has a hand under the gripper; Johnny's hand is under there; Tom's fingers are in
the bowl; whoa there's a bird on your arm; you nearly squashed the hamster; get away from the child; there's a
hand under the block; there's an arm between you and the bowl; is that a kid behind you?; hot tea spilled on me;
ouchie; the tower is falling on me; you caught my finger; stuck! my arm is stuck!;
Blimey, mind my knuckles!; Hey hey hey, that's my wrist you've got; Good grief, the budgie's landed on your
elbow; there's a wee one under the table, hang about; you've snagged my cardigan; my bracelet's caught in your
claw; crikey, that's scorching; the kettle's tipped over and it's running towards the socket; hot soup
everywhere!; I've just sliced my thumb open; something's sparking by the motor; it smells of burning; that
smells like burning plastic; the vase is about to topple; glass on the floor, glass!; somebody's leaning right
over your arm; the little one has crawled up to the table; the cat's tail, the cat's tail!; the doggy is chewing
your cable; Nan's hand is in the bowl!; there's a finger in the gripper; you're standing on my foot; that's
skin, not block!; you have my ear; he's bleeding; she fainted; the child reaches for the block; little kid at
the table; person in the cell!; human in the workspace; a visitor has stepped over the line; I have my hand in
there; I've still got my fingers in the bowl; hand! hand! hand!; fingers, fingers!; mind the puppy; watch the
little girl; careful, my laptop!; you're going to knock over my coffee; you're about to hit the monitor; you'll
break it!; it's slipping!; it's tipping over!; mummy, it's got my finger!; that's my nose!; oh heavens,
grandma!; yeouch; ouchy ouch; ooow; AAAAH; aargh!; yipes; ack, my hair; gah, my hand; oi, that's me arm!; not my
fingers!; you pinch me finger; it bites my finger; you take my hand; is finger under; my child is there; is
child there!; watch, is hand under block; the hamster!; a mouse ran under the arm; bee on the block, I'm
allergic; someone is in the way; the boy's sleeve; the tie, the tie!; my necklace!; scarf!; my headphones are
being pulled; my shoelace is in the belt; acid spilled; the battery is on fire; there's smoke; flames!; gas
leak; the lamp is falling; the table is tipping"""


@pytest.mark.parametrize("text", sentences(CRIES))
def test_a_cry_or_a_warning_stops(text: str) -> None:
    assert is_stop(text)


NO_CRIES = """to my left; your fingers; open the fingers wider;
close the fingers; move your arm left; a bit to the left;
nobody is hurt; nothing spilled; lift your hand; turn your wrist; head left; the cat is out of the bag; keep
your hair on; fingers crossed; I kid you not; it's raining cats and dogs; child's play; that's a rule of thumb;
baby steps, please; the burning question is what's for lunch; no use crying over spilt milk; I need to get it
off my chest; put my cards on the table and put my foot down; I've got cold feet; break a leg; curiosity killed
the cat; it cost me an arm and a leg; faster; that's hot pink; move the gripper over the bowl; lower the hand;
your hand is too high; look at the red block; pick up the red block; the new kid on the block is here; people
say you are slow; somebody else put it there; hand it to me; slower, easy; gently; careful; careful, slower;
easy does it; on the right hand side; the boss told me to stay late; it's all downhill from here till Christmas;
spill the beans"""


CAUTIOUS = {"your fingers", "the cat is out of the bag", "that's hot pink", "the new kid on the block is here"}
"""What the reader stops for although no word of it is a cry."""


@pytest.mark.parametrize("text", sentences(NO_CRIES))
def test_what_warns_of_nothing_is_no_cry(text: str) -> None:
    assert not is_stop(text) and not cries_out(text)
    assert (read(text).level == "stop") == (text in CAUTIOUS)


SAYINGS = """Gosh, it's all downhill from here till Christmas, isn't it?;
it's all downhill from here; going downhill fast;
things are looking up; what goes up must come down; ups and downs; I'm feeling down today; back in my day we did
this by hand; back in the day robots were bigger; that's a step up from last week; left, right and centre
they're laying people off; I'm over the moon; he's over the hill; upside down world; it's an uphill battle; stay
on top of things; let's call it a day; time flies; you're on fire today; on the up and up; we're in the same
boat; hold the fort; I'm back from lunch; right as rain; the right man for the job; my left sock is wet; what's
left of the cake is mine; keep up the good work; it went straight over my head; you've come a long way; I'm down
with the flu; that joke fell flat; it slipped my mind; I let it slide yesterday; he's a bit of a pushover; we
are way behind schedule; they moved up the deadline; prices are going up; the lift is out of order; the stock is
down again; up yours; upper management; backlog; forward thinking; he dropped out of college; let's open a new
chapter; the shop closes at five; close to the bone; open the window, Brenda; shut the front door, really?; turn
of phrase; that's a bit rich; good grief; I turned forty; it's turned out nice again; my head is spinning; the
world is spinning; long way down; dropping like flies; raise the bar; to raise a family; a raise would be nice;
high five; low hanging fruit; slow news day; fast food for lunch; quick question; that's far fetched; by and
large; bit by bit; touch wood; I'm a touch hungry; hair of the dog; put a lid on it; take a hike; take five;
drop me a line; bottom line; top of the morning; on top of the world; down under; downtown; uptight;
backstabber; leftovers for lunch; rightly so; write it up; give it a rest; rest in peace; sink or swim; rise and
shine; step on it, we say at home; cut to the chase; rock bottom; between a rock and a hard place; back and
forth; far and wide; so far so good; nip it in the bud; hit the road; hit the nail on the head; hit the sack;
put your back into it; my car broke down;
Bob's your uncle; piece of cake; it's a piece of cake; break the ice; that ship has sailed; elephant in the
room; barking up the wrong tree; let the cat out of the bag; kill two birds with one stone; a bird in the hand;
the early bird gets the worm; hit the nail on the head; costs an arm and a leg; I'm all ears; all hands on deck;
many hands make light work; my hands are full; keep an eye on it; my eyes are bigger than my stomach; in the
blink of an eye; I'm pulling your leg; cold hands, warm heart; get it off my chest; burn that bridge when we get
there; we're burning daylight; that guy is on fire today; the room is on fire with ideas; it's raining cats and
dogs out there; dog tired; hot potato; drop it, let's talk about something else; let it go, it's in the past;
cut corners; close shave; close call; you're on a roll; the sky's the limit; up in the air; over and out; down
the drain; down in the dumps; up the creek; back to square one; back to the drawing board; left holding the bag;
right up my street; right off the bat; right as ninepence; out of left field; two left feet; left in the lurch;
on the fast track; slow and steady wins the race; hold the line; hold on to your hat; hold that thought; hang
loose; open sesame; an open book; open and shut case; close but no cigar; close to my heart; turn over a new
leaf; turn a blind eye; turn the tables; spin a yarn; roll with the punches; tip of the iceberg; raise the roof;
raise an eyebrow; lift my spirits; lower your expectations; drop in the ocean; drop dead gorgeous; release party
tonight; the new release is out; grab a bite; grab a coffee; squeeze me in at five; catch my drift; push the
envelope; pull yourself together; pull strings; a shift in the weather; my shift ends at six; sliding scale;
slide into home"""


@pytest.mark.parametrize("text", sentences(SAYINGS))
def test_a_saying_is_no_direction_and_no_stop(text: str) -> None:
    assert read(text).level in ("remark", "unknown", "ask")


@pytest.mark.parametrize(
    "text",
    ["ouch", "my thumb!", "eek, my finger's stuck under the yellow block, don't grab it!", "mind the cat",
     "Christ, my thumb! Don't move a bloody thing!", "lift it off my hand!"],
)  # fmt: skip
def test_an_idle_arm_answers_a_cry_by_holding_still(text: str) -> None:
    answer = PLANNER.plan(text, TABLE)
    assert isinstance(answer, Refusal) and "hold still" in answer.reason


NO_PLANS = """
No chance you're putting the red block in the blue bowl; the red block has no business in the blue bowl; red in
the blue bowl? Absolutely not; over my dead body does the red block go in the blue bowl; the red block ain't
going in no blue bowl; putting red in blue bowl is forbidden; I'd hate to see the red block in the blue bowl;
whatever you do, red block in blue bowl is a no-go; red block and blue bowl don't mix; keep red block out of
blue bowl; the blue bowl is no place for the red block; last thing I want is the red block in the blue bowl; I'd
be upset if you put the red block in the blue bowl; the red block is happy where it is, not in the blue bowl;
forget the red block in the blue bowl; scratch that red block in the blue bowl thing; red block in blue bowl, my
foot; who put the red block in the blue bowl; as if the red block belonged in the blue bowl; red block in the
blue bowl, yeah right; the red block used to be in the blue bowl; I dreamt the red block was in the blue bowl;
suppose the red block sits in the blue bowl; say the red block were in the blue bowl; what about the red block
in the blue bowl, would that look silly?; imagine the red block in the blue bowl; picture the red block in the
blue bowl; had you put the red block in the blue bowl we'd be done; should the bell ring, put the red block in
the blue bowl; put the red block in the blue bowl the day pigs fly; put the red block in the blue bowl when hell
freezes over; put the red block in the blue bowl as soon as the bell rings; put the red block in the blue bowl
unless it's wet; put the red block in the blue bowl after lunch; put the red block in the blue bowl at five
o'clock; put the red block in the blue bowl in ten minutes; in an hour put the red block in the blue bowl; on
Friday put the red block in the blue bowl; put the red block in the blue bowl once I've left; on the count of
three put the red block in the blue bowl; as long as it's dry put the red block in the blue bowl; red block in
the blue bowl? or the pink one?; either the red block in the blue bowl or the green block in the pink bowl; the
red block in one of the bowls, blue or pink, can't decide; red or green, I forget which, in the blue bowl; put
the red block in the blue bowl, no, on second thought don't; put the red block in the blue bowl. Just kidding.;
put the red block in the blue bowl, said no one ever; put the red block in the blue bowl - that's what he told
me; and then she goes put the red block in the blue bowl; quote put the red block in the blue bowl unquote; the
exercise reads put the red block in the blue bowl; can the red block fit in the blue bowl?; does the red block
fit in the blue bowl; is it true the red block goes in the blue bowl; which bowl for the red block, the blue
one?; how would you put the red block in the blue bowl; could the red block be put in the blue bowl, physically
speaking?; I wonder whether the red block goes in the blue bowl; I doubt the red block goes in the blue bowl; I
forbid the red block in the blue bowl; I'm allergic to red blocks in blue bowls; you almost put the red block in
the blue bowl; you nearly had the red block in the blue bowl; nice job putting the red block in the blue bowl;
thanks for putting the red block in the blue bowl; sorry about the red block in the blue bowl; the red block in
the blue bowl looks great; I like the red block in the blue bowl; I see a red block in a blue bowl; the red
block landed in the blue bowl; my daughter is putting the red block in the blue bowl; I'm going to put the red
block in the blue bowl myself; I'll put the red block in the blue bowl, you just watch; let me put the red block
in the blue bowl; leave it to me to put the red block in the blue bowl; we put the red block in the blue bowl
every Monday; usually the red block goes in the blue bowl; the red block normally goes in the blue bowl; the red
block goes in the blue bowl tomorrow; the red block goes in the blue bowl only on Sundays; red block, blue bowl:
what a pair; the red block fell in the blue bowl; somebody ought to put the red block in the blue bowl but not
you; someone else will put the red block in the blue bowl; the red block would go in the blue bowl if I had my
way; I was thinking red block in the blue bowl; I might want the red block in the blue bowl later; maybe the red
block goes in the blue bowl, maybe not; perhaps put the red block in the blue bowl, I'm not sure yet; I don't
know, red block in the blue bowl?; hmm, red block in the blue bowl, let me think about it; hold off on the red
block in the blue bowl; wait with the red block in the blue bowl; the red block can wait, blue bowl too; not the
red block in the blue bowl; don't even think about red in the blue bowl; Red on blue is a no; blue block on red
block, are you crazy; never in a million years red in blue bowl; you can put the red block in the blue bowl over
my dead body; I hit the red block and it went in the blue bowl; he'll pick up the red block; don't any of you
pick up the red block; is no good to pick the red block; pick up the red block and you're fired; touch the red
block and I unplug you; I dare you to pick up the red block; stop picking up the red block; quit stacking the
red block on the blue block; no stacking red on blue; no more red blocks in the blue bowl; enough with the red
block in the blue bowl; refrain from the red block; the red block is off limits; the red block is mine, hands
off; I no want red block in blue bowl; me no like red block in blue bowl; please not put red block in blue bowl;
you not take red block; red block must stay out blue bowl; red block stay; nobody touches the red block; only an
idiot would put the red block in the blue bowl; it'd be a mistake to put the red block in the blue bowl; it
would be wrong to put the red block in the blue bowl; I'd rather die than see the red block in the blue bowl;
better leave the red block out of the blue bowl; the red block belongs anywhere but the blue bowl; put the red
block anywhere except the blue bowl"""


@pytest.mark.parametrize("text", sentences(NO_PLANS))
def test_no_plan_is_made_of_what_is_no_order(text: str) -> None:
    answer = PLANNER.plan(text, TABLE)
    assert not isinstance(answer, Plan) or answer.subtasks[0].wait is not None


NO_CORRECTIONS = """
not up; I don't mean up; up is not what I meant; don't you go up; going up would be a mistake; please not left;
not any more left; left is wrong; you think left is better?; is it more left?; should it be lower?; lower would
be bad; lower and you'll break it; go left and I'll scream; he wants it lower; my wife says lower; they told me
lower; she shouted left; the manual says to go left; if it's too low go up; go up if it slips; when it touches
go up; up when I say so; lower once I'm done; after the beep, open the gripper; open the gripper later; in a
minute go left; left or right, whichever; maybe up or maybe not; perhaps a bit left, not sure; either up or
down; imagine you went left; pretend to go left; suppose you opened the gripper; what if you opened the gripper;
why did you go left; did you go left?; have you opened the gripper?; are you going up?; do you always go left?;
who said left?; where is left?; which way is left?; I used to go left; yesterday you went left; last time you
opened the gripper too early; I was going to say left; I almost said left; I wouldn't go left; I wouldn't go up
if I were you; you'd better not go left; you had better not open the gripper; there's no need to open; no
opening; no more opening the gripper; no letting go; don't let it go; don't let go; never let go; don't release;
don't drop it; I hope you don't open; hopefully not left; it would be nice not to go left; it is not too high;
it's not too far left; it isn't low enough to worry; you aren't too fast; faster? no; slower? no way; left? no;
up? nah; the green one? no; not the green one; I didn't mean the green one; the green one is fine where it is;
the green one belongs to my son; I like the green one better but no; who asked for the green one; he asked for
the green one; she'd prefer the green one; my boss prefers the green bowl; the pink bowl is full; the pink bowl
is for later; maybe the pink bowl next time; next time use the pink bowl; tomorrow the pink bowl; the pink bowl
would have been better; I should have said the pink bowl but never mind; is the pink bowl better?; the pink bowl
or the green bowl?; either bowl; the pink one if it's empty; the pink one unless it's full; if you drop it pick
it up; everything is downhill; what's up doc; right on time; right after lunch; I'll be right there; you're
right about that; he left the building; my boss left early; she's left us; nothing left to do; the last one
left; close the door please Brenda; open a window someone; somebody close that window; turn the radio down; turn
it down a notch Dave, the radio; turn up the music; put the kettle on; drop by later; catch you later; hang on
to your hat; back in a minute; I'll be back; step back everyone; everybody back up; back to you; over there is
my desk; time to go home; go home, Dave; go away Dave; come here Dave; sit down Dave; stand up Dave; get up
Dave; shut up Dave; cheers up north; up north it's cold; down south; I grew up here; what a downer; it's upside
down; the price went up; my mood is low; fast asleep; slow cooker; the fast lane; a quick coffee; slow down
Dave; slow down, you're driving me mad, Dave, on the phone; I told Dave to open it; I told him left"""


@pytest.mark.parametrize("text", sentences(NO_CORRECTIONS))
def test_no_correction_is_made_of_what_is_no_order(text: str) -> None:
    found = read(text)
    waits = (found.instruction or "").startswith(("if(", "once(", "with(", "seq(", "put(", "pick("))
    nothing = found.level in ("remark", "unknown", "ask", "stop", "resume") or waits
    assert nothing or (found.motion is not None and found.motion.is_hold), found
