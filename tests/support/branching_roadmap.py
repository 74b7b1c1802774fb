"""A small plan with all that makes routes differ: two tracks, choices of every kind, and what is as good as something else."""

from __future__ import annotations

from bot.roadmap import parse_roadmap

BRANCHING = parse_roadmap(
    """\
title: Many ways
summary: Four weeks, in which nobody has to do everything.
tracks:
  - {id: vision, title: Computer vision}
  - {id: language, title: Language}
stages:
  - id: basics
    title: Basics
    resources: [handbook]
    weeks:
      - id: begin
        title: Begin
        items:
          - {id: python, kind: topic, title: Learn Python}
          - {id: course, kind: topic, title: Take the course}
          - {id: lectures, kind: topic, title: Watch the lectures}
      - id: frames
        title: Frameworks
        items:
          - {id: tensorflow, kind: practice, title: Learn TensorFlow, resources: [tf-docs]}
          - {id: pytorch, kind: practice, title: Learn PyTorch, resources: [pytorch-docs]}
          - {id: paper, kind: reading, title: Read a paper}
          - {id: old-paper, kind: reading, title: Read an older paper}
  - id: further
    title: Further on
    weeks:
      - id: show
        title: Show it
        items:
          - {id: kaggle, kind: project, title: Take part on Kaggle}
          - {id: post, kind: action, title: Write a post}
          - {id: share, kind: action, title: Share your code}
      - id: specialise
        title: Specialise
        items:
          - {id: see, kind: topic, title: Recognise images, track: vision}
          - {id: hear, kind: topic, title: Understand text, track: language}
choices:
  - id: course-or-lectures
    title: Course or lectures
    options:
      - {id: by-course, title: By course, takes: [course]}
      - {id: by-lectures, title: By lectures, takes: [lectures]}
  - id: framework
    title: TensorFlow or PyTorch
    default: [with-tensorflow]
    options:
      - {id: with-tensorflow, takes: [tensorflow]}
      - {id: with-pytorch, takes: [pytorch], requires: [begin], track: vision}
  - id: extras
    title: What else
    pick: any
    default: [open-source]
    options:
      - {id: compete, title: Compete, takes: [kaggle]}
      - {id: blog, title: Write, takes: [post]}
      - {id: open-source, title: Share, takes: [share], requires: [frames]}
  - id: papers
    title: A paper
    options:
      - {id: newer, takes: [paper]}
      - {id: older, takes: [old-paper]}
equivalents:
  - [course, lectures]
resources:
  - {id: handbook, kind: book, title: The handbook}
  - {id: tf-docs, kind: docs, title: TensorFlow by its makers}
  - {id: pytorch-docs, kind: docs, title: PyTorch by its makers}
""",
    "many-ways.yaml",
)
