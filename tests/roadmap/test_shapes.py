"""Plans of very different make fit the format: references, a course path, a career plan, a career card."""

from __future__ import annotations

from bot.roadmap import Roadmap, TimeSpan, parse_roadmap

REFERENCES = """\
title: References for developers who know the cloud
summary: What to know beforehand, in which order to learn it, and which certificates prove it.
stages:
  - id: prerequisites
    title: What to know beforehand
    stages:
      - id: mathematics
        title: Mathematics and statistics
        items:
          - id: probability
            kind: topic
            title: Probability and statistics
            parts: [mean, variance, distributions]
            resources: [khan-academy, math-for-ml-book]
  - id: basics
    title: "Phase 1: AI/ML basics"
    time: 2-3 months
    requires: [mathematics]
    items:
      - {id: kaggle-first, kind: project, title: Small Kaggle projects}
  - id: engineering
    title: "Phase 2: Deep learning and AI engineering"
    time: 3-4 months
    requires: [basics]
    items:
      - {id: tensorflow, kind: topic, title: Master TensorFlow}
      - {id: pytorch, kind: topic, title: Master PyTorch}
      - {id: earn-dp-100, kind: certificate, title: Azure DP-100, earns: dp-100}
      - {id: earn-aws-ml, kind: certificate, title: AWS ML certification, earns: aws-ml}
    choices:
      - id: framework
        title: TensorFlow or PyTorch
        options: [{id: with-tensorflow, takes: [tensorflow]}, {id: with-pytorch, takes: [pytorch]}]
      - id: cloud-certificate
        title: Which cloud
        options: [{id: azure, takes: [earn-dp-100]}, {id: aws, takes: [earn-aws-ml]}]
  - id: specialisation
    title: "Phase 3: Advanced AI"
    time: 6+ months
    requires: [engineering]
    items:
      - {id: real-projects, kind: project, title: Work on projects from the real world}
      - {id: vision-or-language, kind: action, title: Specialise, examples: [computer vision, NLP]}
resources:
  - {id: khan-academy, kind: course, title: Khan Academy, topics: [linear algebra, probability]}
  - {id: math-for-ml-book, kind: book, title: Mathematics for Machine Learning}
  - {id: sagemaker-labs, kind: lab, title: AWS SageMaker Labs}
certificates:
  - {id: aws-ml, title: AWS Certified Machine Learning - Specialty, level: beginner, focus: AI/ML in AWS}
  - {id: dp-100, title: Microsoft DP-100, level: intermediate, provider: Microsoft}
  - {id: cs229, title: Stanford CS229, level: advanced, focus: theoretical ML}
info:
  - kind: advice
    pairs:
      - {about: AI in the cloud and DevOps, says: Take DP-100 or the AWS specialty.}
      - {about: AI in production, says: Learn MLOps and how to deploy models.}
"""

COURSE_PATH = """\
title: A path of courses
summary: Python and mathematics first, then two specialisations, then wherever you like.
provenance:
  title: AI/ML Engineering
  author: Tim Coelho
  published: 2024-07-13
  tags: [Tech, AI & ML, Data Science]
tracks:
  - {id: courses, title: Courses}
  - {id: lectures, title: Lectures on video}
stages:
  - id: beforehand
    title: Beforehand
    items:
      - {id: python, kind: topic, title: Learn Python, resources: [thenewboston]}
      - {id: algebra, kind: topic, title: Algebra, resources: [king-algebra]}
  - id: machine-learning
    title: Machine learning
    requires: [beforehand]
    items:
      - {id: ml-specialization, kind: topic, title: Machine Learning Specialization, track: courses}
      - {id: watch-cs229, kind: topic, title: The lectures of CS229, track: lectures, resources: [cs229]}
  - id: deep-learning
    title: Deep learning
    requires: [machine-learning]
    items:
      - {id: dl-specialization, kind: topic, title: Deep Learning Specialization}
      - {id: ibm-ai-engineer, kind: certificate, title: IBM AI Engineer, resources: [ibm-ai-engineer]}
  - id: branches
    title: Branching out
    parallel_with: [deep-learning]
    items:
      - {id: kaggle, kind: action, title: Take part in Kaggle, essential: false}
      - {id: tensorflow-practice, kind: topic, title: TensorFlow in practice, essential: false}
    choices:
      - id: branch
        title: Where to go next
        pick: any
        options: [{id: compete, takes: [kaggle]}, {id: hands-on, takes: [tensorflow-practice]}]
choices:
  - id: deep-learning-route
    title: TensorFlow or PyTorch
    default: [with-tensorflow]
    options:
      - {id: with-tensorflow, takes: [dl-specialization]}
      - {id: with-pytorch, takes: [ibm-ai-engineer], requires: [ml-specialization]}
equivalents:
  - [ml-specialization, watch-cs229]
resources:
  - id: thenewboston
    kind: lectures
    title: Python by thenewboston
    platform: YouTube
    link: https://www.youtube.com/watch?v=HBxCHonP6Ro&list=PL6gx4Cwl9DGAcbMi1sH6oAMk4JHw91mC_
  - id: king-algebra
    kind: course
    title: Algebra
    author: Krista King
    platform: Udemy
    link: https://www.udemy.com/course/integralcalc-algebra/
    cost: cheaper during the frequent sales
  - {id: ibm-ai-engineer, kind: specialisation, title: IBM AI Engineer, certificate: from IBM}
  - {id: deep-learning-a-z, kind: course, title: Deep Learning A-Z, platform: Udemy, time: 23 hours}
  - {id: cs229, kind: lectures, title: CS229, provider: Stanford, author: Andrew Ng, count: 20, cost: free}
"""

CAREER_PLAN = """\
title: A career plan
summary: A foundation, three phases of modules, a portfolio, and what to watch on the way.
provenance:
  notes: [The second phase states 5-6 months while its modules add up to 36 weeks; both are kept.]
stages:
  - id: foundation
    title: Foundation
    time: 4 weeks
    outcomes: [the life of an ML project, ethical awareness]
    resources: [ai-for-everyone]
    items:
      - {id: ai-for-everyone, kind: topic, title: AI for Everyone}
  - id: models
    title: "Phase 2: Machine learning and deep learning"
    time: 5-6 months
    requires: [foundation]
    stages:
      - id: ml-fundamentals
        title: Machine learning fundamentals
        time: 12 weeks
        stages:
          - id: core-ml
            title: Core ML
            resources: [ml-specialization]
            items:
              - {id: supervised, kind: topic, title: Supervised learning}
              - {id: build-classifier, kind: project, title: Build classification systems, builds: classifier}
      - id: neural
        title: Deep learning
        time: 12 weeks
        items: [{id: transformers, kind: topic, title: Transformers}]
      - id: advanced-ml
        title: Advanced topics
        time: 12 weeks
        items: [{id: meta-learning, kind: topic, title: Meta-learning}]
resources:
  - {id: ai-for-everyone, kind: course, title: AI for Everyone, author: Andrew Ng, time: 4 weeks}
  - {id: ml-specialization, kind: specialisation, title: Machine Learning, cost: free to audit}
  - {id: prml, kind: book, title: Pattern Recognition and Machine Learning, author: Christopher Bishop}
  - {id: key-papers, kind: paper, title: Papers on the key architectures}
  - {id: r-ml, kind: community, title: r/MachineLearning, platform: Reddit}
  - {id: fastai, kind: tool, title: Fast.ai}
portfolio:
  - id: classifier
    title: A classification system
    level: beginner
    parts: [data preprocessing, model development, evaluation metrics]
  - {id: paper, title: Implement a piece of research, level: advanced, parts: [paper reproduction]}
certificates:
  - id: tensorflow
    title: TensorFlow Developer Certificate
    link: https://www.tensorflow.org/certificate
    checked: 2026-11-01
    retired: It can no longer be taken.
info:
  - {kind: ladder, points: [Junior AI/ML Engineer, AI/ML Engineer, Principal AI Architect]}
  - {kind: skills, title: Professional skills, points: [problem-solving, mentoring]}
  - {kind: metrics, title: Project impact, points: [business metrics, deployment success]}
  - {kind: tips, points: [Balance theory and practice.]}
  - {kind: pitfalls, points: [neglecting mathematics]}
  - {kind: growth, points: [research positions, consulting]}
  - {kind: community, title: Mentors, points: [senior engineers, technical leads]}
"""

CAREER_CARD = """\
title: A career card
summary: What the work is, whom it suits, and four phases from beginner to job.
provenance:
  notes: [Its section on learning resources is empty.]
stages:
  - id: basics
    title: "Phase 1: Foundations"
    items: [{id: python-and-maths, kind: topic, title: Python and the mathematics behind ML}]
  - id: niche
    title: "Phase 4: Specialisation"
    requires: [basics]
    items:
      - {id: vision, kind: topic, title: Computer vision}
      - {id: language, kind: topic, title: NLP}
      - {id: robotics, kind: topic, title: Robotics}
      - {id: complex-models, kind: project, title: Build complex models}
    choices:
      - id: niche
        title: Choose a niche
        options:
          - {id: see, takes: [vision]}
          - {id: read, takes: [language]}
          - {id: move, takes: [robotics]}
portfolio:
  - {id: first, title: A first detector, level: beginner, examples: [spam detector, fruit classifier]}
  - {id: chatbot, title: A chatbot on a pre-trained model, level: intermediate, examples: [GPT]}
info:
  - {kind: role, title: A working day, points: [training models, tuning hyperparameters]}
  - {kind: fit, title: Personality, points: [persistent, comfortable with uncertainty]}
  - {kind: difficulty, text: High; mathematics and theory make the way in steep.}
  - kind: myths
    pairs: [{about: AI will take over the world tomorrow., says: It is good at matching patterns.}]
  - {kind: outcomes, title: First roles, points: [ML Engineer, Junior AI Researcher]}
  - {kind: next-steps, points: [Brush up your linear algebra.]}
"""


def kept(text: str) -> Roadmap:
    plan = parse_roadmap(text, "plan.yaml")
    assert Roadmap.from_json(plan.to_json()) == plan
    return plan


def test_references_with_phases_choices_and_advice_fit() -> None:
    plan = kept(REFERENCES)
    assert [stage.time for stage in plan.stages] == [
        None,
        TimeSpan(2, 3, "months"),
        TimeSpan(3, 4, "months"),
        TimeSpan(6, None, "months"),
    ]
    assert [stage.id for stage in plan.all_stages][:2] == ["prerequisites", "mathematics"]
    assert plan.weeks == ()
    assert next(iter(plan.items)) == "probability"
    assert [choice.id for choice in plan.all_choices] == ["framework", "cloud-certificate"]
    assert plan.items["earn-dp-100"].earns == "dp-100"
    assert [certificate.level for certificate in plan.certificates] == [
        "beginner",
        "intermediate",
        "advanced",
    ]
    assert plan.info[0].pairs[1].about == "AI in production"


def test_a_path_of_courses_with_routes_and_equivalents_fits() -> None:
    plan = kept(COURSE_PATH)
    branch_out, route = plan.all_choices[1], plan.all_choices[0]
    assert (branch_out.pick, route.pick, route.default) == ("any", "one", ("with-tensorflow",))
    assert route.options[1].requires == ("ml-specialization",)
    assert plan.equivalents == (("ml-specialization", "watch-cs229"),)
    assert plan.stages[3].parallel_with == ("deep-learning",)
    assert [plan.items[each].track for each in plan.equivalents[0]] == ["courses", "lectures"]
    assert plan.get_resource("deep-learning-a-z").time == TimeSpan(23, 23, "hours")
    assert plan.get_resource("cs229").count == 20
    link = plan.get_resource("thenewboston").link
    assert link is not None
    assert link.endswith("&list=PL6gx4Cwl9DGAcbMi1sH6oAMk4JHw91mC_")


def test_a_career_plan_with_modules_in_phases_and_a_portfolio_fits() -> None:
    plan = kept(CAREER_PLAN)
    phase = plan.stages[1]
    assert phase.time == TimeSpan(5, 6, "months")
    assert [str(module.time) for module in phase.stages] == ["12 weeks"] * 3
    assert phase.stages[0].stages[0].resources == ("ml-specialization",)
    assert plan.items["build-classifier"].builds == plan.portfolio[0].id == "classifier"
    assert plan.certificates[0].retired == "It can no longer be taken."
    assert [info.kind for info in plan.info][:3] == ["ladder", "skills", "metrics"]


def test_a_career_card_with_a_niche_to_choose_and_myths_fits() -> None:
    plan = kept(CAREER_CARD)
    assert [option.takes for option in plan.stages[1].choices[0].options] == [
        ("vision",),
        ("language",),
        ("robotics",),
    ]
    assert plan.portfolio[0].examples == ("spam detector", "fruit classifier")
    assert plan.info[3].pairs[0].says == "It is good at matching patterns."
    assert plan.resources == ()
