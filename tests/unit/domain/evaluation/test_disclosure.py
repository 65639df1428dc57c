from tenglong.domain.evaluation.disclosure import smallest_group


def test_nobody_can_work_out_a_single_firm_from_a_group_and_their_own_two():
    assert smallest_group() >= 4
