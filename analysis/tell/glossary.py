"""Words that a reader of results meets, each explained in a sentence or two: for workbooks and the docs alike."""

from __future__ import annotations

GLOSSARY = {
    "Assessment": "A first appointment with a senior clinician, who finds out what somebody needs.",
    "Assumption, guess": "A number of grade D: nobody has measured or published it. Replace it by your own where you "
    "can. Waits and cost rest on such numbers; differences between plans are firmer than levels.",
    "At the end": "On the last day that is simulated.",
    "Baseline": "The plan that others are compared with: usually what you have today.",
    "Caseload": "The people whom a clinician sees in a course of therapy at one time.",
    "Catchment": "All health and social care staff who may refer themselves to the Hub.",
    "Client-facing time": "Hours of a job plan for clients. Leave, sickness, supervision and meetings are not in it.",
    "Did not attend": "An appointment that a client missed without notice; its time is lost.",
    "Eligible": "Everyone who should reach a stage in the end. People who gave up or still wait count too, so that a "
    "failing service cannot look good.",
    "Gave up waiting": "Left the list before being seen, as a share of those who joined it.",
    "Grade": "How well a number is known. A: stated in the study of the Hubs. B: read in another source. C: known from "
    "the literature, not checked. D: an assumption, that is a guess.",
    "Hub": "A service that screens the mental health of health and social care staff, assesses them, helps them to "
    "support elsewhere and gives therapy itself.",
    "In time": "Seen within the days of the standard, of everyone eligible.",
    "Interval (95%)": "How much an average would move if the simulation were run again: 95 times in 100 it would lie "
    "in the interval. It does not say how sure the assumptions are. More replications make it narrower.",
    "List": "The people who wait for something at one moment.",
    "Load": "Client-facing time used, as a share of the client-facing time available. Waits grow steeply above 85%.",
    "Median": "Half of people wait longer, half less.",
    "Navigation": "Help to reach support elsewhere: somebody makes contact, refers and follows up.",
    "Paired difference": "A plan minus its baseline, replication by replication with the same simulated people, so "
    "that luck cancels out.",
    "Plan": "What you decide: staffing, job plans, spending on reach, policies.",
    "Range of futures": "The range that holds a figure in 9 of 10 simulated futures. More replications do not make it "
    "narrower: it shows how different one future may be from another.",
    "Reach, access rate": "First referrals a year for each person in the catchment.",
    "Replication, simulated future": "The whole service simulated once, with luck of its own. The same number has the "
    "same people in every plan of one seed.",
    "Run-in": "Time that is simulated first and not counted, so that the Hub opens with the lists it would have.",
    "Scenario": "What may happen whatever you decide: demand, an incident, sickness, a cut imposed from outside.",
    "Screening": "Questionnaires that show how severe somebody's need may be, and a review of the answers.",
    "Seed": "The number that all chance is drawn from. The same seed brings the same people again.",
    "Set-up": "Cost of opening a Hub, kept separate from the cost of a year.",
    "Staff group": "Where people of the catchment work, such as primary care or the ambulance service.",
    "Standard": "A wait that should not be exceeded, and the share of people for whom that should hold.",
    "Supported": "Had a first clinical contact with the Hub.",
    "Verdict": "What a paired difference means: better, worse, no difference that matters, or not yet conclusive.",
    "WTE": "Whole-time equivalent: one person working full-time, or several who together work as much.",
    "1 in 10 wait longer": "The wait that 9 in 10 of those seen do not exceed.",
}
"""Words and what they mean, in the order of the alphabet."""
