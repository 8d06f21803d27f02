"""The sizes of the diagram in px at 96 per inch. Pure data."""

from reviewkit.prisma.diagram.template import Template

SIZE = 12.0  # Arial 9 pt at 100 %
NOTE_SIZE = 10.5
LEADING = 16.0
NOTE_LEADING = 14.0

MARGIN = 14.0
PADDING_X = 12.0
PADDING_Y = 10.0
INDENT = 12.0
HANG = 10.0

GAP = 44.0
ROW_GAP = 30.0
PHASE_GAP = 40.0
HEADER_GAP = 18.0

BAR = 28.0
BAR_GAP = 18.0
BAR_PADDING = 20.0
LONGEST_BAR_WORD = 160.0

# A short box grows with its row up to this factor; beyond it, it stays at the top at its own
# height.
MOST_GROWTH = 1.7
COLUMN_WIDTHS = {
    Template.NEW: 292.0,
    Template.NEW_OTHER: 246.0,
    Template.UPDATED: 264.0,
    Template.UPDATED_OTHER: 246.0,
}
