"""Documents that leave the house on paper or as PDF: their canonical bodies, their wording in three languages, their setting in type.

`templates`, `title` and `sample` are for the desk, which looks at what will be sent.
"""

from sandyq.letters.letter import LetterBody
from sandyq.letters.render import notice_text, render_pdf, render_text
from sandyq.letters.shelf import sample, templates, title

__all__ = ["LetterBody", "notice_text", "render_pdf", "render_text", "sample", "templates", "title"]
